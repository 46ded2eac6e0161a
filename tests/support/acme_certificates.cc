#include "tests/support/acme_certificates.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace mpic::testing {
namespace {

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "ACME certificates: %s failed\n", what);
  std::abort();
}

void Append(X509& certificate, X509_EXTENSION* extension) {
  Require(extension != nullptr && X509_add_ext(&certificate, extension, -1) == 1, "X509_add_ext");
  X509_EXTENSION_free(extension);
}

void AppendInWords(X509& certificate, int nid, const std::string& words) {
  Append(certificate, X509V3_EXT_conf_nid(nullptr, nullptr, nid, words.c_str()));
}

void AppendRaw(X509& certificate, const TestExtension& extension) {
  ASN1_OBJECT* const oid = OBJ_txt2obj(extension.oid.c_str(), /*no_name=*/1);
  ASN1_OCTET_STRING* const value = ASN1_OCTET_STRING_new();
  Require(oid != nullptr && value != nullptr, "OBJ_txt2obj");
  ASN1_OCTET_STRING_set(value, reinterpret_cast<const unsigned char*>(extension.value.data()),
                        static_cast<int>(extension.value.size()));
  Append(certificate,
         X509_EXTENSION_create_by_OBJ(nullptr, oid, extension.critical ? 1 : 0, value));
  ASN1_OCTET_STRING_free(value);
  ASN1_OBJECT_free(oid);
}

// By i2d_X509 or i2d_PrivateKey.
template <typename Object, typename Encode>
std::string Der(Object* object, Encode encode) {
  unsigned char* octets = nullptr;
  const int size = encode(object, &octets);
  Require(size > 0, "i2d");
  std::string der(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size));
  OPENSSL_free(octets);
  return der;
}

}  // namespace

TestExtension AcmeExtension(std::string value, bool critical) {
  return {.oid = "1.3.6.1.5.5.7.1.31", .critical = critical, .value = std::move(value)};
}

std::string OctetString(absl::string_view octets) {
  std::string der = {V_ASN1_OCTET_STRING, static_cast<char>(octets.size())};
  return der.append(octets.data(), octets.size());
}

AcmeCertificate MakeAcmeCertificate(const AcmeLeaf& leaf) {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const certificate = X509_new();
  Require(key != nullptr && certificate != nullptr, "EVP_EC_gen");
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), absl::ToInt64Seconds(leaf.starts));
  X509_gmtime_adj(X509_getm_notAfter(certificate), absl::ToInt64Seconds(leaf.ends));
  X509_set_pubkey(certificate, key);
  if (!leaf.key_usage.empty()) AppendInWords(*certificate, NID_key_usage, leaf.key_usage);
  for (const std::string& names : leaf.subject_alt_names) {
    AppendInWords(*certificate, NID_subject_alt_name, names);
  }
  for (const TestExtension& extension : leaf.extensions) AppendRaw(*certificate, extension);
  Require(X509_sign(certificate, key, EVP_sha256()) > 0, "X509_sign");
  AcmeCertificate made{.der = Der(certificate, i2d_X509), .key_der = Der(key, i2d_PrivateKey)};
  X509_free(certificate);
  EVP_PKEY_free(key);
  return made;
}

AcmeCertificate GoodAcmeCertificate(const std::string& digest,
                                    const std::string& subject_alt_name) {
  return MakeAcmeCertificate({.subject_alt_names = {subject_alt_name},
                              .extensions = {AcmeExtension(OctetString(digest))}});
}

}  // namespace mpic::testing
