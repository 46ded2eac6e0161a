#include "common/validation_method_labels.h"

namespace mpic {
namespace {

constexpr absl::string_view kDnsChange[] = {"ca-tbr-7"};
constexpr absl::string_view kDns01[] = {"dns-01", "ca-tbr-7"};
constexpr absl::string_view kCaaEmailContact[] = {"ca-tbr-13"};
constexpr absl::string_view kTxtEmailContact[] = {"ca-tbr-14"};
constexpr absl::string_view kTxtPhoneContact[] = {"ca-tbr-16"};
constexpr absl::string_view kCaaPhoneContact[] = {"ca-tbr-17"};
constexpr absl::string_view kWebsiteChange[] = {"ca-tbr-18"};
constexpr absl::string_view kHttp01[] = {"http-01", "ca-tbr-19"};
constexpr absl::string_view kTlsAlpn01[] = {"tls-alpn-01", "ca-tbr-20"};
constexpr absl::string_view kDnsAccount01[] = {"dns-account-01", "ca-tbr-21"};
constexpr absl::string_view kDnsPersist[] = {"dns-persist-01", "ca-tbr-22"};

}  // namespace

absl::Span<const absl::string_view> ValidationMethodLabels(v1::Method method) {
  switch (method) {
    case v1::DNS_CHANGE:
      return kDnsChange;
    case v1::DNS_01:
      return kDns01;
    case v1::CAA_EMAIL_CONTACT:
      return kCaaEmailContact;
    case v1::TXT_EMAIL_CONTACT:
      return kTxtEmailContact;
    case v1::TXT_PHONE_CONTACT:
      return kTxtPhoneContact;
    case v1::CAA_PHONE_CONTACT:
      return kCaaPhoneContact;
    case v1::WEBSITE_CHANGE:
      return kWebsiteChange;
    case v1::HTTP_01:
      return kHttp01;
    case v1::TLS_ALPN_01:
      return kTlsAlpn01;
    case v1::DNS_ACCOUNT_01:
      return kDnsAccount01;
    case v1::DNS_PERSIST:
      return kDnsPersist;
    default:
      return {};
  }
}

}  // namespace mpic
