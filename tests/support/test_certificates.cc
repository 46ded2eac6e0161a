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

void WriteCertificate(const std::string& path, X509& certificate, const std::string& chain = "") {
  std::FILE* const file = std::fopen(path.c_str(), "w");
  Require(file != nullptr && PEM_write_X509(file, &certificate) == 1, "PEM_write_X509");
  std::fputs(chain.c_str(), file);
  std::fclose(file);
}

X509* ReadCertificate(const std::string& path) {
  std::FILE* const file = std::fopen(path.c_str(), "r");
  Require(file != nullptr, "fopen");
  X509* const certificate = PEM_read_X509(file, nullptr, nullptr, nullptr);
  std::fclose(file);
  Require(certificate != nullptr, "PEM_read_X509");
  return certificate;
}

template <typename Write>
std::string PemOf(Write write) {
  BIO* const memory = BIO_new(BIO_s_mem());
  Require(write(memory) == 1, "PEM_write_bio");
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  std::string pem(text, static_cast<std::size_t>(size));
  BIO_free(memory);
  return pem;
}

// What makes `certificate` a CA's; signed by `issuer_key`.
void FinishCa(X509& certificate, X509& issuer, EVP_PKEY& issuer_key) {
  X509_set_issuer_name(&certificate, X509_get_subject_name(&issuer));
  AddExtension(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
  AddExtension(certificate, issuer, NID_subject_key_identifier, "hash");
  Require(X509_sign(&certificate, &issuer_key, EVP_sha256()) > 0, "X509_sign");
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

void TestCa::MakeDirectory() {
  std::string path = (std::filesystem::temp_directory_path() / "mpic-test-XXXXXX").string();
  Require(::mkdtemp(path.data()) != nullptr, "mkdtemp");
  directory_ = path;
}

TestCa::TestCa(const std::string& common_name) {
  MakeDirectory();
  key_ = EVP_EC_gen("P-256");
  Require(key_ != nullptr, "EVP_EC_gen");
  certificate_ = NewCertificate(common_name, 1, *key_, TestLeaf{});
  FinishCa(*certificate_, *certificate_, *key_);
  WriteCertificate(certificate_file(), *certificate_);
}

TestCa::TestCa(const std::string& common_name, TestCa& issuer, const TestLeaf& times) {
  MakeDirectory();
  key_ = EVP_EC_gen("P-256");
  Require(key_ != nullptr, "EVP_EC_gen");
  certificate_ = NewCertificate(common_name, ++issuer.issued_ + 1, *key_, times);
  FinishCa(*certificate_, *issuer.certificate_, *issuer.key_);
  WriteCertificate(certificate_file(), *certificate_);
  chain_ = PemOf([this](BIO* memory) { return PEM_write_bio_X509(memory, certificate_); }) +
           issuer.chain_;
}

TestCa::~TestCa() {
  X509_free(certificate_);
  EVP_PKEY_free(key_);
  std::error_code ignored;  // a directory left in /tmp fails no test
  std::filesystem::remove_all(directory_, ignored);
}

TestCertificateFiles TestCa::Issue(const std::string& name, const TestLeaf& leaf) {
  EVP_PKEY* const key =
      leaf.rsa_bits > 0 ? EVP_RSA_gen(static_cast<unsigned>(leaf.rsa_bits)) : EVP_EC_gen("P-256");
  Require(key != nullptr, "EVP_EC_gen");
  X509* const certificate = NewCertificate(name, ++issued_ + 1, *key, leaf);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate_));
  AddExtension(*certificate, *certificate_, NID_basic_constraints, "critical,CA:FALSE");
  AddExtension(*certificate, *certificate_, NID_ext_key_usage, leaf.extended_key_usage);
  if (const std::string names = SubjectAltName(leaf); !names.empty()) {
    AddExtension(*certificate, *certificate_, NID_subject_alt_name, names);
  }
  Require(X509_sign(certificate, key_, EVP_sha256()) > 0, "X509_sign");

  const TestCertificateFiles files{absl::StrCat(directory_, "/", name, ".crt"),
                                   absl::StrCat(directory_, "/", name, ".key")};
  WriteCertificate(files.certificate, *certificate, chain_);
  WriteKey(files.private_key, *key);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return files;
}

void TestCa::Revoke(const std::string& certificate_file) {
  X509* const certificate = ReadCertificate(certificate_file);
  revoked_.push_back(ASN1_INTEGER_get(X509_get0_serialNumber(certificate)));
  X509_free(certificate);
}

std::string TestCa::Crl(absl::Duration starts, absl::Duration ends) {
  X509_CRL* const crl = X509_CRL_new();
  X509_CRL_set_version(crl, X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(crl, X509_get_subject_name(certificate_));
  ASN1_TIME* const time = X509_gmtime_adj(nullptr, absl::ToInt64Seconds(starts));
  X509_CRL_set1_lastUpdate(crl, time);
  for (const long serial : revoked_) {
    X509_REVOKED* const entry = X509_REVOKED_new();
    ASN1_INTEGER* const number = ASN1_INTEGER_new();
    ASN1_INTEGER_set(number, serial);
    X509_REVOKED_set_serialNumber(entry, number);
    X509_REVOKED_set_revocationDate(entry, time);
    ASN1_INTEGER_free(number);
    X509_CRL_add0_revoked(crl, entry);
  }
  X509_gmtime_adj(time, absl::ToInt64Seconds(ends));
  X509_CRL_set1_nextUpdate(crl, time);
  ASN1_TIME_free(time);
  Require(X509_CRL_sign(crl, key_, EVP_sha256()) > 0, "X509_CRL_sign");
  std::string pem = PemOf([crl](BIO* memory) { return PEM_write_bio_X509_CRL(memory, crl); });
  X509_CRL_free(crl);
  return pem;
}

std::string TestCa::CrlName() const {
  return absl::StrCat(absl::Hex(X509_subject_name_hash(certificate_), absl::kZeroPad8), ".r0");
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
