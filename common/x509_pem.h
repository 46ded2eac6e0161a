// X.509 objects out of PEM text and back, with OpenSSL's ownership made C++'s.
#ifndef MPIC_COMMON_X509_PEM_H_
#define MPIC_COMMON_X509_PEM_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace mpic {

template <auto kFree>
struct OpensslFree {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using X509Certificate = std::unique_ptr<X509, OpensslFree<X509_free>>;
using X509Crl = std::unique_ptr<X509_CRL, OpensslFree<X509_CRL_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, OpensslFree<EVP_PKEY_free>>;

// All certificates of `pem`, other text between them is passed over. None when there is none or any
// cannot be parsed.
std::vector<X509Certificate> ParseCertificates(const std::string& pem);
// The same with certificate revocation lists.
std::vector<X509Crl> ParseCrls(const std::string& pem);
// The first private key; null without one, or when it wants a password.
PrivateKey ParsePrivateKey(const std::string& pem);

// Nothing but the objects themselves, however they were dressed up in a file.
std::string ToPem(const std::vector<X509Certificate>& certificates);
std::string ToPem(const std::vector<X509Crl>& crls);
std::string ToPem(const PrivateKey& key);  // PKCS #8

// InfinitePast for a time that is none.
absl::Time TimeOf(const ASN1_TIME* time);

}  // namespace mpic

#endif  // MPIC_COMMON_X509_PEM_H_
