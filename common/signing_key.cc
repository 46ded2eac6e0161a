#include "common/signing_key.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/file_text.h"
#include "common/sha256.h"
#include "common/status_macros.h"

namespace mpic {
namespace {

constexpr std::size_t kPemBytesMax = 65536;
constexpr std::size_t kIdDigits = 16;

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;

Bio Reader(const std::string& pem) {
  return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// OpenSSL would ask for a password on the terminal.
int NoPassword(char*, int, int, void*) { return -1; }

bool IsEd25519(const EVP_PKEY* key) { return EVP_PKEY_is_a(key, "ED25519") == 1; }

bool IsP256(const EVP_PKEY* key) {
  std::array<char, 32> group{};
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1 &&
         absl::string_view(group.data()) == "prime256v1";
}

absl::Status CheckKind(const EVP_PKEY* key) {
  if (IsEd25519(key) || IsP256(key)) return absl::OkStatus();
  return absl::FailedPreconditionError("neither an Ed25519 nor a P-256 key");
}

// Ed25519 digests by itself and OpenSSL refuses to be told how.
const EVP_MD* DigestOf(const EVP_PKEY* key) { return IsEd25519(key) ? nullptr : EVP_sha256(); }

const unsigned char* Octets(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string IdOf(const EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int length = i2d_PUBKEY(key, &der);
  if (length <= 0) return "";
  const std::string digest =
      Sha256({reinterpret_cast<const char*>(der), static_cast<std::size_t>(length)});
  OPENSSL_free(der);
  return absl::BytesToHexString(digest.substr(0, kIdDigits / 2));
}

absl::Status InFile(const std::string& file, const absl::Status& status) {
  return absl::FailedPreconditionError(absl::StrCat(file, ": ", status.message()));
}

absl::StatusOr<std::string> ReadPem(const std::string& file) {
  absl::StatusOr<std::string> pem = ReadFileText(file, kPemBytesMax);
  if (!pem.ok()) return absl::FailedPreconditionError(pem.status().message());
  return pem;
}

}  // namespace

void FreeEvpKey::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

absl::StatusOr<VerifyingKey> VerifyingKey::Parse(const std::string& pem) {
  EvpKey key(PEM_read_bio_PUBKEY(Reader(pem).get(), nullptr, NoPassword, nullptr));
  ERR_clear_error();
  if (key == nullptr) return absl::FailedPreconditionError("no PEM public key");
  MPIC_RETURN_IF_ERROR(CheckKind(key.get()));
  std::string id = IdOf(key.get());
  return VerifyingKey(std::move(key), std::move(id));
}

absl::StatusOr<VerifyingKey> VerifyingKey::Load(const std::string& file) {
  MPIC_ASSIGN_OR_RETURN(const std::string pem, ReadPem(file));
  absl::StatusOr<VerifyingKey> key = Parse(pem);
  if (!key.ok()) return InFile(file, key.status());
  return key;
}

bool VerifyingKey::Verifies(absl::string_view message, absl::string_view signature) const {
  const DigestContext context(EVP_MD_CTX_new());
  const bool verified = context != nullptr &&
                        EVP_DigestVerifyInit(context.get(), nullptr, DigestOf(key_.get()), nullptr,
                                             key_.get()) == 1 &&
                        EVP_DigestVerify(context.get(), Octets(signature), signature.size(),
                                         Octets(message), message.size()) == 1;
  ERR_clear_error();  // a broken signature leaves its reasons behind
  return verified;
}

absl::StatusOr<SigningKey> SigningKey::Load(const std::string& file) {
  absl::StatusOr<std::string> pem = ReadPem(file);
  if (!pem.ok()) return pem.status();
  EvpKey key(PEM_read_bio_PrivateKey(Reader(*pem).get(), nullptr, NoPassword, nullptr));
  ERR_clear_error();
  OPENSSL_cleanse(pem->data(), pem->size());
  if (key == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat(file, ": no PEM private key without password"));
  }
  if (const absl::Status kind = CheckKind(key.get()); !kind.ok()) return InFile(file, kind);
  std::string id = IdOf(key.get());
  return SigningKey(std::move(key), std::move(id));
}

absl::StatusOr<std::string> SigningKey::Sign(absl::string_view message) const {
  const DigestContext context(EVP_MD_CTX_new());
  std::size_t length = 0;
  std::string signature;
  const bool ready =
      context != nullptr &&
      EVP_DigestSignInit(context.get(), nullptr, DigestOf(key_.get()), nullptr, key_.get()) == 1 &&
      EVP_DigestSign(context.get(), nullptr, &length, Octets(message), message.size()) == 1;
  if (ready) signature.resize(length);
  const bool is_signed =
      ready && EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                              &length, Octets(message), message.size()) == 1;
  ERR_clear_error();
  if (!is_signed)
    return absl::InternalError(absl::StrCat("sign with key ", id_, ": OpenSSL failed"));
  signature.resize(length);  // ECDSA's announced length is an upper bound
  return signature;
}

std::string SigningKey::PublicKeyPem() const {
  const Bio text(BIO_new(BIO_s_mem()));
  if (text == nullptr || PEM_write_bio_PUBKEY(text.get(), key_.get()) != 1) return "";
  const char* octets = nullptr;
  const long length = BIO_get_mem_data(text.get(), &octets);
  return {octets, static_cast<std::size_t>(length)};
}

}  // namespace mpic
