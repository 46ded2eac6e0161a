#include "common/certificate_path.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <array>

#include "absl/strings/str_cat.h"

namespace mpic {
namespace {

using StoreContext = std::unique_ptr<X509_STORE_CTX, OpensslFree<X509_STORE_CTX_free>>;
using VerifyCallback = X509_STORE_CTX_verify_cb;

constexpr std::size_t kSubjectOctetsMax = 256;

// Borrows its elements.
struct StackFree {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using Stack = std::unique_ptr<STACK_OF(X509), StackFree>;

Stack StackOf(const std::vector<X509Certificate>& certificates) {
  Stack stack(sk_X509_new_null());
  for (const X509Certificate& one : certificates) sk_X509_push(stack.get(), one.get());
  return stack;
}

// A path that ends outside of our own CAs may still end in a peer's.
int AcceptForeignEnd(int ok, X509_STORE_CTX* context) {
  switch (X509_STORE_CTX_get_error(context)) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return 1;
    case X509_V_ERR_CERT_SIGNATURE_FAILURE: {
      // By one of our CAs, perhaps not the one meant: a new key may go under the old name.
      const int issuer = X509_STORE_CTX_get_error_depth(context) + 1;
      return issuer >= X509_STORE_CTX_get_num_untrusted(context) ? 1 : ok;
    }
    default:
      return ok;
  }
}

int AcceptMissingCrl(int ok, X509_STORE_CTX* context) {
  return X509_STORE_CTX_get_error(context) == X509_V_ERR_UNABLE_TO_GET_CRL ? 1 : ok;
}

struct Verdict {
  int error = X509_V_OK;
  std::string reason;
};

struct Conditions {
  TlsRole role;
  absl::Time now;
  unsigned long flags;
  VerifyCallback callback;
};

Verdict Verify(X509_STORE* store, X509* leaf, const std::vector<X509Certificate>& others,
               const Conditions& conditions) {
  const Stack untrusted = StackOf(others);
  const StoreContext context(X509_STORE_CTX_new());
  if (!context || !untrusted ||
      X509_STORE_CTX_init(context.get(), store, leaf, untrusted.get()) != 1) {
    return {X509_V_ERR_OUT_OF_MEM, "out of memory"};
  }
  X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_purpose(rules, conditions.role == TlsRole::kServer
                                           ? X509_PURPOSE_SSL_SERVER
                                           : X509_PURPOSE_SSL_CLIENT);
  X509_VERIFY_PARAM_set_time(rules, absl::ToTimeT(conditions.now));
  X509_VERIFY_PARAM_set_flags(rules, conditions.flags);
  X509_STORE_CTX_set_verify_cb(context.get(), conditions.callback);
  const bool sound = X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  if (sound) return {};
  int error = X509_STORE_CTX_get_error(context.get());
  if (error == X509_V_OK) error = X509_V_ERR_UNSPECIFIED;
  std::array<char, kSubjectOctetsMax> subject{};
  const X509* const about = X509_STORE_CTX_get_current_cert(context.get());
  if (about != nullptr) {
    X509_NAME_oneline(X509_get_subject_name(about), subject.data(), subject.size());
  }
  return {error, absl::StrCat(subject.data(), ": ", X509_verify_cert_error_string(error))};
}

PeerFault FaultOf(int error) {
  switch (error) {
    case X509_V_OK:
      return PeerFault::kNone;
    case X509_V_ERR_CERT_REVOKED:
      return PeerFault::kRevoked;
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
    case X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
    case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
    case X509_V_ERR_DIFFERENT_CRL_SCOPE:
    case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
      return PeerFault::kRevocationUnknown;
    default:
      return PeerFault::kUntrusted;
  }
}

std::unique_ptr<X509_STORE, OpensslFree<X509_STORE_free>> StoreOf(
    const std::vector<X509Certificate>& trusted) {
  std::unique_ptr<X509_STORE, OpensslFree<X509_STORE_free>> store(X509_STORE_new());
  for (const X509Certificate& one : trusted) X509_STORE_add_cert(store.get(), one.get());
  return store;
}

}  // namespace

std::string WhyUnsound(const std::vector<X509Certificate>& chain,
                       const std::vector<X509Certificate>& trusted, TlsRole role, absl::Time now) {
  const auto store = StoreOf(trusted);
  return Verify(store.get(), chain[0].get(), chain,
                {.role = role, .now = now, .flags = 0, .callback = AcceptForeignEnd})
      .reason;
}

PeerJudge::PeerJudge(const std::string& trusted_cas, const std::string& crls)
    : store_(StoreOf(ParseCertificates(trusted_cas))) {
  if (crls.empty()) return;
  has_crls_ = true;
  for (const X509Crl& one : ParseCrls(crls)) X509_STORE_add_crl(store_.get(), one.get());
}

PeerJudge::~PeerJudge() = default;

PeerVerdict PeerJudge::Judge(const std::string& leaf, const std::string& chain, TlsRole role,
                             absl::Time now) const {
  const std::vector<X509Certificate> leaves = ParseCertificates(leaf);
  if (leaves.empty()) return {PeerFault::kUntrusted, "no certificate"};
  const unsigned long flags = has_crls_ ? X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL : 0;
  const Verdict verdict =
      Verify(store_.get(), leaves[0].get(), ParseCertificates(chain),
             {.role = role, .now = now, .flags = flags, .callback = AcceptMissingCrl});
  return {FaultOf(verdict.error), verdict.reason};
}

}  // namespace mpic
