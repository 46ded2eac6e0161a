// Paths from certificates to trusted CAs, as a TLS peer looks at them: signatures, dates,
// extensions, key usage for TLS clients or servers, revocation. Beside the handshake's own check,
// because ours runs before a certificate is taken into use, and again on every connection, also on
// one that resumes a session and so skips the handshake's.
#ifndef MPIC_COMMON_CERTIFICATE_PATH_H_
#define MPIC_COMMON_CERTIFICATE_PATH_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/x509_pem.h"

namespace mpic {

enum class TlsRole { kServer, kClient };

// What would keep a peer from accepting `chain` (leaf first, then intermediates in any order) from
// somebody in `role`; empty when nothing is known to. Peers may trust other CAs than `trusted`, our
// own: a path that leads to none of them is sound as far as it goes.
std::string WhyUnsound(const std::vector<X509Certificate>& chain,
                       const std::vector<X509Certificate>& trusted, TlsRole role, absl::Time now);

// What may be wrong with a peer's certificate.
enum class PeerFault { kNone, kUntrusted, kRevoked, kRevocationUnknown };

struct PeerVerdict {
  PeerFault fault = PeerFault::kNone;
  std::string reason;  // OpenSSL's words, with the subject that they are about
};

// Trusted CAs and revocation lists, to judge peers by. Thread-safe, since it never changes.
class PeerJudge {
 public:
  // PEM that has been checked. Without `crls` nobody is revoked.
  PeerJudge(const std::string& trusted_cas, const std::string& crls);
  ~PeerJudge();

  // `leaf` and `chain` (with or without the leaf) are PEM as the peer in `role` presented them. A
  // CA for which there is no list revokes nothing; one whose newest list is outdated, or not signed
  // by it, vouches for nobody.
  PeerVerdict Judge(const std::string& leaf, const std::string& chain, TlsRole role,
                    absl::Time now) const;

 private:
  std::unique_ptr<X509_STORE, OpensslFree<X509_STORE_free>> store_;
  bool has_crls_ = false;
};

}  // namespace mpic

#endif  // MPIC_COMMON_CERTIFICATE_PATH_H_
