#include "common/check_method.h"

namespace mpic {

v1::Method MethodOf(const v1::Check& check) {
  switch (check.method_case()) {
    case v1::Check::kDnsChange:
      return v1::DNS_CHANGE;
    case v1::Check::kDns01:
      return v1::DNS_01;
    case v1::Check::kCaaEmailContact:
      return v1::CAA_EMAIL_CONTACT;
    case v1::Check::kTxtEmailContact:
      return v1::TXT_EMAIL_CONTACT;
    case v1::Check::kTxtPhoneContact:
      return v1::TXT_PHONE_CONTACT;
    case v1::Check::kCaaPhoneContact:
      return v1::CAA_PHONE_CONTACT;
    case v1::Check::kWebsiteChange:
      return v1::WEBSITE_CHANGE;
    case v1::Check::kHttp01:
      return v1::HTTP_01;
    case v1::Check::kTlsAlpn01:
      return v1::TLS_ALPN_01;
    case v1::Check::kDnsAccount01:
      return v1::DNS_ACCOUNT_01;
    case v1::Check::kDnsPersist:
      return v1::DNS_PERSIST;
    case v1::Check::kReverseLookup:
      return v1::REVERSE_LOOKUP;
    case v1::Check::kCaa:
      return v1::CAA;
    case v1::Check::METHOD_NOT_SET:
      break;
  }
  return v1::METHOD_UNSPECIFIED;
}

}  // namespace mpic
