#include "common/certificate_files.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstddef>
#include <ctime>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "common/file_text.h"

namespace mpic {
namespace {

constexpr std::size_t kPemBytesMax = 1 << 20;

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;

Bio Reader(const std::string& pem) {
  return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// All certificates of `pem`; none when there is none or any cannot be parsed.
std::vector<Certificate> ParseCertificates(const std::string& pem) {
  std::vector<Certificate> certificates;
  const Bio reader = Reader(pem);
  while (Certificate next{PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr)}) {
    certificates.push_back(std::move(next));
  }
  // The end of the file is told as a missing start line; anything else is a broken certificate.
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end) certificates.clear();
  return certificates;
}

// OpenSSL would ask for a password on the terminal.
int NoPassword(char*, int, int, void*) { return -1; }

Key ParseKey(const std::string& pem) {
  Key key(PEM_read_bio_PrivateKey(Reader(pem).get(), nullptr, NoPassword, nullptr));
  ERR_clear_error();
  return key;
}

absl::Time TimeOf(const ASN1_TIME* time) {
  std::tm fields{};
  if (ASN1_TIME_to_tm(time, &fields) != 1) return absl::InfinitePast();
  return absl::FromTM(fields, absl::UTCTimeZone());
}

// Reads the files of one Tls and gathers what is wrong with them.
class FilesReader {
 public:
  // The text of the file; empty when that has been refused.
  std::string Read(absl::string_view field, const std::string& path) {
    if (path.empty()) {
      violations_.push_back(absl::StrCat(field, ": must be set"));
      return "";
    }
    absl::StatusOr<std::string> text = ReadFileText(path, kPemBytesMax);
    if (text.ok() && !text->empty()) return *std::move(text);
    violations_.push_back(absl::StrCat(
        field, ": ", text.ok() ? path + ": empty" : std::string(text.status().message())));
    return "";
  }

  void Refuse(absl::string_view field, const std::string& path, absl::string_view rule) {
    violations_.push_back(absl::StrCat(field, ": ", path, ": ", rule));
  }

  absl::Status Result() const {
    if (violations_.empty()) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrJoin(violations_, "\n"));
  }

 private:
  std::vector<std::string> violations_;
};

void CheckValidity(const X509& leaf, const std::string& path, absl::Time now, FilesReader& reader) {
  const absl::Time not_before = TimeOf(X509_get0_notBefore(&leaf));
  const absl::Time not_after = TimeOf(X509_get0_notAfter(&leaf));
  const auto text = [](absl::Time time) {
    return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone());
  };
  if (now < not_before) {
    reader.Refuse("certificate_file", path, absl::StrCat("not valid before ", text(not_before)));
  }
  if (now > not_after) {
    reader.Refuse("certificate_file", path, absl::StrCat("expired at ", text(not_after)));
  }
}

void CheckIdentity(const config::v1::Tls& tls, const CertificateFiles& files, absl::Time now,
                   FilesReader& reader) {
  std::vector<Certificate> chain;
  if (!files.certificate_chain.empty()) {
    chain = ParseCertificates(files.certificate_chain);
    if (chain.empty()) {
      reader.Refuse("certificate_file", tls.certificate_file(), "no PEM certificates");
    } else {
      CheckValidity(*chain[0], tls.certificate_file(), now, reader);
    }
  }
  if (files.private_key.empty()) return;
  const Key key = ParseKey(files.private_key);
  if (key == nullptr) {
    reader.Refuse("private_key_file", tls.private_key_file(),
                  "no PEM private key without password");
  } else if (!chain.empty() && X509_check_private_key(chain[0].get(), key.get()) != 1) {
    reader.Refuse("private_key_file", tls.private_key_file(),
                  absl::StrCat("not the key of ", tls.certificate_file()));
  }
  ERR_clear_error();
}

}  // namespace

absl::StatusOr<CertificateFiles> ReadCertificateFiles(const config::v1::Tls& tls, absl::Time now) {
  FilesReader reader;
  CertificateFiles files;
  files.certificate_chain = reader.Read("certificate_file", tls.certificate_file());
  files.private_key = reader.Read("private_key_file", tls.private_key_file());
  files.trusted_cas = reader.Read("trusted_ca_file", tls.trusted_ca_file());
  CheckIdentity(tls, files, now, reader);
  if (!files.trusted_cas.empty() && ParseCertificates(files.trusted_cas).empty()) {
    reader.Refuse("trusted_ca_file", tls.trusted_ca_file(), "no PEM certificates");
  }
  if (const absl::Status status = reader.Result(); !status.ok()) return status;
  return files;
}

absl::StatusOr<absl::Time> CertificateNotAfter(const std::string& path) {
  const absl::StatusOr<std::string> pem = ReadFileText(path, kPemBytesMax);
  if (!pem.ok()) return pem.status();
  const std::vector<Certificate> chain = ParseCertificates(*pem);
  if (chain.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(path, ": no PEM certificates"));
  }
  return TimeOf(X509_get0_notAfter(chain[0].get()));
}

}  // namespace mpic
