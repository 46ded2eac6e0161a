#include "common/certificate_files.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "common/crl_directory.h"
#include "common/file_text.h"
#include "common/x509_pem.h"

namespace mpic {
namespace {

constexpr std::size_t kPemBytesMax = 1 << 20;

using TlsContext = std::unique_ptr<SSL_CTX, OpensslFree<SSL_CTX_free>>;

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

  // The certificates of the file; none when that has been refused.
  std::vector<X509Certificate> ReadCertificates(absl::string_view field, const std::string& path) {
    const std::string text = Read(field, path);
    if (text.empty()) return {};
    std::vector<X509Certificate> certificates = ParseCertificates(text);
    if (certificates.empty()) Refuse(field, path, "no PEM certificates");
    return certificates;
  }

  void Refuse(absl::string_view field, absl::string_view path, absl::string_view rule) {
    violations_.push_back(absl::StrCat(field, ": ", path, ": ", rule));
  }
  void Refuse(absl::string_view field, const absl::Status& status) {
    violations_.push_back(absl::StrCat(field, ": ", status.message()));
  }

  bool empty() const { return violations_.empty(); }
  absl::Status Result() const {
    if (violations_.empty()) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrJoin(violations_, "\n"));
  }

 private:
  std::vector<std::string> violations_;
};

struct Identity {
  std::vector<X509Certificate> chain;
  PrivateKey key;
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

void CheckKey(const config::v1::Tls& tls, const Identity& identity, FilesReader& reader) {
  if (identity.key == nullptr) {
    reader.Refuse("private_key_file", tls.private_key_file(),
                  "no PEM private key without password");
  } else if (!identity.chain.empty() &&
             X509_check_private_key(identity.chain[0].get(), identity.key.get()) != 1) {
    reader.Refuse("private_key_file", tls.private_key_file(),
                  absl::StrCat("not the key of ", tls.certificate_file()));
  }
  ERR_clear_error();
}

// gRPC hands everything to such a context at each change, and breaks every handshake if that fails.
void CheckTlsTakes(const config::v1::Tls& tls, const Identity& identity, FilesReader& reader) {
  const TlsContext context(SSL_CTX_new(TLS_method()));
  bool taken = context != nullptr &&
               SSL_CTX_use_certificate(context.get(), identity.chain[0].get()) == 1 &&
               SSL_CTX_use_PrivateKey(context.get(), identity.key.get()) == 1;
  for (std::size_t i = 1; taken && i < identity.chain.size(); ++i) {
    taken = SSL_CTX_add1_chain_cert(context.get(), identity.chain[i].get()) == 1;
  }
  if (!taken) {
    const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
    reader.Refuse("certificate_file", tls.certificate_file(),
                  reason == nullptr ? "TLS does not take it" : reason);
  }
  ERR_clear_error();
}

Identity ReadIdentity(const config::v1::Tls& tls, absl::Time now, FilesReader& reader) {
  Identity identity;
  identity.chain = reader.ReadCertificates("certificate_file", tls.certificate_file());
  if (!identity.chain.empty()) {
    CheckValidity(*identity.chain[0], tls.certificate_file(), now, reader);
  }
  const std::string key = reader.Read("private_key_file", tls.private_key_file());
  if (!key.empty()) {
    identity.key = ParsePrivateKey(key);
    CheckKey(tls, identity, reader);
  }
  return identity;
}

}  // namespace

absl::StatusOr<CertificateFiles> ReadCertificateFiles(const config::v1::Tls& tls, TlsRole role,
                                                      absl::Time now) {
  FilesReader reader;
  const Identity identity = ReadIdentity(tls, now, reader);
  const bool identity_sound = reader.empty();
  const std::vector<X509Certificate> trusted =
      reader.ReadCertificates("trusted_ca_file", tls.trusted_ca_file());
  if (identity_sound) {
    CheckTlsTakes(tls, identity, reader);
    const std::string why = WhyUnsound(identity.chain, trusted, role, now);
    if (!why.empty()) reader.Refuse("certificate_file", tls.certificate_file(), why);
  }
  CertificateFiles files;
  if (!tls.crl_directory().empty()) {
    absl::StatusOr<std::string> crls = ReadCrlDirectory(tls.crl_directory(), trusted, now);
    if (crls.ok()) {
      files.crls = *std::move(crls);
    } else {
      reader.Refuse("crl_directory", crls.status());
    }
  }
  if (const absl::Status status = reader.Result(); !status.ok()) return status;
  files.certificate_chain = ToPem(identity.chain);
  files.private_key = ToPem(identity.key);
  files.trusted_cas = ToPem(trusted);
  files.not_before = TimeOf(X509_get0_notBefore(identity.chain[0].get()));
  files.not_after = TimeOf(X509_get0_notAfter(identity.chain[0].get()));
  return files;
}

}  // namespace mpic
