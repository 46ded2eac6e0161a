// What an RA asks, from protobuf to checked values: all broken rules of a request at once.
#ifndef MPIC_COORDINATOR_REQUEST_CHECK_H_
#define MPIC_COORDINATOR_REQUEST_CHECK_H_

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "common/domain_name.h"
#include "common/public_suffix_list.h"
#include "common/tenants.h"
#include "google/rpc/error_details.pb.h"
#include "mpic/v1/coordinator.pb.h"

namespace mpic::coordinator {

// What a request is held against. The references must outlive the call.
struct RequestRules {
  const PublicSuffixList& suffixes;
  // This CA's own, for CAA checks that name none.
  const std::vector<DomainName>& caa_issuer_domain_names;
  std::size_t checks_max = 1'000;
  std::size_t checks_per_target_max = 1'000;
  // Whose request it is; null: somebody who may ask for all methods.
  const Tenant* tenant = nullptr;
  absl::Duration default_budget = absl::Seconds(10);  // of a check that names none
  bool lab = false;                 // Reserved IP Addresses and laboratory primaries are accepted
  bool primary_configured = false;  // the coordinator has its own Primary Network Perspective
  absl::Duration deadline_left = absl::InfiniteDuration();  // of the RPC
};

// protos/mpic/v1/check.proto.
inline constexpr absl::Duration kTimeBudgetMin = absl::Milliseconds(100);
inline constexpr absl::Duration kTimeBudgetMax = absl::Seconds(120);
// A determination of the RA is one attempt with the remotes' answers, so it must be fresh: time to
// hand over and to queue, not more. The BR set no number.
inline constexpr absl::Duration kDeterminationAgeMax = absl::Hours(1);

// One check, ready to be sent to perspectives.
struct CheckedInput {
  // Normalised: check_id given, names as A-labels in lower case, addresses in canonical text, the
  // Authorization Domain Name filled in for domain methods, the file of WEBSITE_CHANGE without dot
  // segments, issuer names and method labels of CAA filled in, time_budget set.
  v1::Check check;
  std::optional<v1::PrimaryDetermination> primary;
  v1::Method method = v1::METHOD_UNSPECIFIED;
  std::string method_reference;           // "BR 3.2.2.4.19"
  std::string authorization_domain_name;  // empty for IP addresses and CAA
  std::vector<std::string> warnings;      // a method that SHOULD NOT be used any more
};

struct CheckedRequest {
  std::string request_id;  // empty when the RA gave none
  std::vector<CheckedInput> inputs;
};

// Checks the whole request against the contract, BR 3.2.2.4, 3.2.2.5, 4.2.2 and the method RFCs, as
// of `now`. Pure. A BadRequest lists every violation with its field path
// ("inputs[3].check.http_01.key_authorization") and is never empty; descriptions begin with the
// name of the Problem.Kind ("NAME_NOT_ALLOWED: ..."). It is bounded to fit into a gRPC trailer, and
// does not repeat key authorizations.
std::variant<CheckedRequest, google::rpc::BadRequest> CheckRequest(
    const v1::CorroborateRequest& request, const RequestRules& rules, absl::Time now);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_REQUEST_CHECK_H_
