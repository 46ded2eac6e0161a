// Zones of a small Internet: their files, real signatures, and what can be wrong with them.
#ifndef MPIC_TESTS_SUPPORT_SIGNED_ZONE_H_
#define MPIC_TESTS_SUPPORT_SIGNED_ZONE_H_

#include <string>
#include <vector>

namespace mpic::testing {

// One zone: what stands in its file below SOA and NS, and what is done to it.
struct SignedWorldZone {
  enum class Denial { kNsec, kNsec3, kNsec3OptOut };
  enum class Validity { kNow, kPast, kFuture };
  // What the parent says of its keys.
  enum class Ds { kOfItsKeys, kOfAnotherKey, kUnknownAlgorithm, kUnknownDigest, kNone };

  std::string name;  // "example.com"
  std::string records;
  bool is_signed = true;
  // As ldns-keygen knows them; with several, each signs everything.
  std::vector<std::string> algorithms = {"ECDSAP256SHA256"};
  Denial denial = Denial::kNsec;
  Validity validity = Validity::kNow;
  Ds ds = Ds::kOfItsKeys;
  // After signing, lines with one of these texts go ...
  std::vector<std::string> left_out = {};
  // ... and the first text becomes the second: behind the signature's back.
  std::string tampered_from = {};
  std::string tampered_to = {};
  // False: delegated, but its server refuses to answer for it.
  bool is_served = true;
};

std::string ZoneFile(const std::string& directory, const std::string& zone);

// Records of the zones that lie in a zone.
struct Delegations {
  std::string secure;    // with DS
  std::string insecure;  // no NSEC3 record stands for those where the zone opts out of it
};

// Writes the zone and signs it. Keys are made anew each time. Gives the DS records for its parent,
// none for an unsigned zone. Needs ldnsutils; aborts with the reason when it cannot be done.
std::string MakeZone(const std::string& directory, const SignedWorldZone& zone,
                     const Delegations& delegations);

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_SIGNED_ZONE_H_
