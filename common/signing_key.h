// Keys that sign what must be provable later: checkpoints of the audit log, results of
// perspectives. Ed25519 (RFC 8032), or ECDSA with SHA-256 over P-256 whose signatures are DER (RFC
// 3279 section 2.2.3), by the kind of the key; no other key is taken.
//
//   MPIC_ASSIGN_OR_RETURN(const SigningKey key, SigningKey::Load(file));
//   MPIC_ASSIGN_OR_RETURN(const std::string signature, key.Sign(message));
//   ...
//   MPIC_ASSIGN_OR_RETURN(const VerifyingKey key, VerifyingKey::Load(public_key_file));
//   if (!key.Verifies(message, signature)) ...
//
// Values that may be moved; their const functions are thread-safe. Nothing here logs or returns a
// private key.
#ifndef MPIC_COMMON_SIGNING_KEY_H_
#define MPIC_COMMON_SIGNING_KEY_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace mpic {

struct FreeEvpKey {
  void operator()(evp_pkey_st* key) const;
};
using EvpKey = std::unique_ptr<evp_pkey_st, FreeEvpKey>;

class VerifyingKey {
 public:
  // The first public key (PEM, SubjectPublicKeyInfo) of a file. FAILED_PRECONDITION, with the
  // file's name, when it cannot be read, holds none, or one of another kind.
  static absl::StatusOr<VerifyingKey> Load(const std::string& file);
  // The same from the PEM text itself.
  static absl::StatusOr<VerifyingKey> Parse(const std::string& pem);

  // Whether `signature` is one of this key over `message`.
  bool Verifies(absl::string_view message, absl::string_view signature) const;

  // The first 16 hexadecimal digits of the SHA-256 of the key as SubjectPublicKeyInfo (DER).
  const std::string& id() const { return id_; }

 private:
  friend class SigningKey;
  VerifyingKey(EvpKey key, std::string id) : key_(std::move(key)), id_(std::move(id)) {}

  EvpKey key_;
  std::string id_;
};

class SigningKey {
 public:
  // The first private key (PEM, without password) of a file. FAILED_PRECONDITION, with the file's
  // name, when it cannot be read, holds none, or one of another kind.
  static absl::StatusOr<SigningKey> Load(const std::string& file);

  // INTERNAL when OpenSSL fails.
  absl::StatusOr<std::string> Sign(absl::string_view message) const;

  // As VerifyingKey::id() of its public key.
  const std::string& id() const { return id_; }
  // Its public key as PEM (SubjectPublicKeyInfo), to be handed to those who verify.
  std::string PublicKeyPem() const;

 private:
  SigningKey(EvpKey key, std::string id) : key_(std::move(key)), id_(std::move(id)) {}

  EvpKey key_;
  std::string id_;
};

}  // namespace mpic

#endif  // MPIC_COMMON_SIGNING_KEY_H_
