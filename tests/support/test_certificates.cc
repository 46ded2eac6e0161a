#include "tests/support/test_certificates.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace mpic::test {
namespace {

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "test certificates: %s failed\n", what);
  std::abort();
}

void AddExtension(X509& certificate, X509& issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  Require(extension != nullptr, "X509V3_EXT_conf_nid");
  X509_add_ext(&certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509* NewCertificate(const std::string& common_name, int serial, EVP_PKEY& key,
                     const TestLeaf& times) {
  X509* const certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), absl::ToInt64Seconds(times.starts));
  X509_gmtime_adj(X509_getm_notAfter(certificate), absl::ToInt64Seconds(times.ends));
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  Require(X509_set_pubkey(certificate, &key) == 1, "X509_set_pubkey");
  return certificate;
}

void WriteCertificate(const std::string& path, X509& certificate) {
  std::FILE* const file = std::fopen(path.c_str(), "w");
  Require(file != nullptr && PEM_write_X509(file, &certificate) == 1, "PEM_write_X509");
  std::fclose(file);
}

void WriteKey(const std::string& path, EVP_PKEY& key) {
  std::FILE* const file = std::fopen(path.c_str(), "w");
  Require(file != nullptr &&
              PEM_write_PrivateKey(file, &key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "PEM_write_PrivateKey");
  std::fclose(file);
}

std::string SubjectAltName(const TestLeaf& leaf) {
  std::vector<std::string> names;
  for (const std::string& uri : leaf.uri_sans) names.push_back("URI:" + uri);
  for (const std::string& dns : leaf.dns_sans) names.push_back("DNS:" + dns);
  for (const std::string& ip : leaf.ip_sans) names.push_back("IP:" + ip);
  return absl::StrJoin(names, ",");
}

}  // namespace

TestCa::TestCa(const std::string& common_name) {
  std::string path = (std::filesystem::temp_directory_path() / "mpic-test-XXXXXX").string();
  Require(::mkdtemp(path.data()) != nullptr, "mkdtemp");
  directory_ = path;
  key_ = EVP_EC_gen("P-256");
  Require(key_ != nullptr, "EVP_EC_gen");
  certificate_ = NewCertificate(common_name, 1, *key_, TestLeaf{});
  X509_set_issuer_name(certificate_, X509_get_subject_name(certificate_));
  AddExtension(*certificate_, *certificate_, NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(*certificate_, *certificate_, NID_key_usage, "critical,keyCertSign,cRLSign");
  AddExtension(*certificate_, *certificate_, NID_subject_key_identifier, "hash");
  Require(X509_sign(certificate_, key_, EVP_sha256()) > 0, "X509_sign");
  WriteCertificate(certificate_file(), *certificate_);
}

TestCa::~TestCa() {
  X509_free(certificate_);
  EVP_PKEY_free(key_);
  std::error_code ignored;  // a directory left in /tmp fails no test
  std::filesystem::remove_all(directory_, ignored);
}

TestCertificateFiles TestCa::Issue(const std::string& name, const TestLeaf& leaf) {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  Require(key != nullptr, "EVP_EC_gen");
  X509* const certificate = NewCertificate(name, ++issued_ + 1, *key, leaf);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate_));
  AddExtension(*certificate, *certificate_, NID_basic_constraints, "critical,CA:FALSE");
  AddExtension(*certificate, *certificate_, NID_ext_key_usage, "serverAuth,clientAuth");
  if (const std::string names = SubjectAltName(leaf); !names.empty()) {
    AddExtension(*certificate, *certificate_, NID_subject_alt_name, names);
  }
  Require(X509_sign(certificate, key_, EVP_sha256()) > 0, "X509_sign");

  const TestCertificateFiles files{absl::StrCat(directory_, "/", name, ".crt"),
                                   absl::StrCat(directory_, "/", name, ".key")};
  WriteCertificate(files.certificate, *certificate);
  WriteKey(files.private_key, *key);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return files;
}

config::v1::Tls TestCa::TlsFor(const std::string& uri_san,
                               const std::vector<std::string>& allowed_peers) {
  const TestCertificateFiles files =
      Issue(absl::StrCat("leaf-", issued_ + 1), TestLeaf{.uri_sans = {uri_san}});
  config::v1::Tls tls;
  tls.set_certificate_file(files.certificate);
  tls.set_private_key_file(files.private_key);
  tls.set_trusted_ca_file(certificate_file());
  for (const std::string& peer : allowed_peers) tls.add_allowed_peers(peer);
  return tls;
}

}  // namespace mpic::test
