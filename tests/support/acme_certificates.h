// Certificates of tls-alpn-01, right and wrong, made with OpenSSL as needed.
#ifndef MPIC_TESTS_SUPPORT_ACME_CERTIFICATES_H_
#define MPIC_TESTS_SUPPORT_ACME_CERTIFICATES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace mpic::testing {

struct TestExtension {
  std::string oid;  // dotted decimal
  bool critical = false;
  std::string value;  // the content of extnValue
};

// id-pe-acmeIdentifier with `value`; the right one is OctetString(digest).
TestExtension AcmeExtension(std::string value, bool critical = true);
// The DER of a string of fewer than 128 octets.
std::string OctetString(absl::string_view octets);

// What a self-signed certificate says.
struct AcmeLeaf {
  // One subjectAltName extension each, in OpenSSL's words: "DNS:a.example,IP:192.0.2.1".
  std::vector<std::string> subject_alt_names = {"DNS:shop.example.com"};
  std::vector<TestExtension> extensions;
  std::string key_usage;                    // "keyCertSign"; empty: no such extension
  absl::Duration starts = -absl::Hours(1);  // relative to now
  absl::Duration ends = absl::Hours(24);
};

struct AcmeCertificate {
  std::string der;
  std::string key_der;  // PKCS #8
};

// ECDSA P-256. A failure of OpenSSL ends the test program.
AcmeCertificate MakeAcmeCertificate(const AcmeLeaf& leaf);

// The certificate that proves control of `subject_alt_name`, "DNS:shop.example.com", to the holder
// of the key authorization with `digest`.
AcmeCertificate GoodAcmeCertificate(const std::string& digest,
                                    const std::string& subject_alt_name = "DNS:shop.example.com");

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_ACME_CERTIFICATES_H_
