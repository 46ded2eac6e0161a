// A good request for every method, and tables of what breaks one.
#ifndef MPIC_TESTS_COORDINATOR_REQUEST_CHECK_CASES_H_
#define MPIC_TESTS_COORDINATOR_REQUEST_CHECK_CASES_H_

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/domain_name.h"
#include "common/public_suffix_list.h"
#include "coordinator/request_check.h"
#include "mpic/v1/coordinator.pb.h"

namespace mpic::coordinator {

// The constants of the test vectors.
inline constexpr char kKeyAuthorization[] =
    "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
inline constexpr char kDigestText[] = "ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8";
inline constexpr char kAccountUrl[] = "https://ca.example.com/acme/acct/1";
inline constexpr char kRandomValue[] = "4f9c2a7be1d04c6f8a35b1e97d20c4aa";
inline constexpr std::int64_t kNowSeconds = 1'795'435'200;  // 2026-11-23T12:00:00Z

// The world that requests are held against. Fields may be changed before Check is called.
struct RequestWorld {
  RequestWorld();

  std::variant<CheckedRequest, google::rpc::BadRequest> Check(
      const v1::CorroborateRequest& request) const;
  // "field: description" of each violation; empty for a good request.
  std::vector<std::string> Violations(const v1::CorroborateRequest& request) const;
  // Fails the test when the request is refused.
  CheckedRequest Checked(const v1::CorroborateRequest& request) const;

  std::unique_ptr<const PublicSuffixList> suffixes;
  std::vector<DomainName> issuer_names;
  absl::Time now = absl::FromUnixSeconds(kNowSeconds);
  bool lab = false;
  bool primary_configured = true;
  std::size_t checks_max = 1'000;
  std::size_t checks_per_target_max = 1'000;
  const Tenant* tenant = nullptr;
  absl::Duration default_budget = absl::Seconds(10);
  absl::Duration deadline_left = absl::InfiniteDuration();
};

// One check each, for shop.example.com or the address 192.0.77.1, which is not reserved.
v1::CorroborateRequest Dns01();
v1::CorroborateRequest DnsChange();
v1::CorroborateRequest Http01();
v1::CorroborateRequest TlsAlpn01();
v1::CorroborateRequest WebsiteChange();
v1::CorroborateRequest DnsAccount01();
v1::CorroborateRequest DnsPersist();
v1::CorroborateRequest CaaEmailContact();
v1::CorroborateRequest TxtEmailContact();
v1::CorroborateRequest TxtPhoneContact();
v1::CorroborateRequest CaaPhoneContact();
v1::CorroborateRequest ReverseLookup();
v1::CorroborateRequest Caa();
// Dns01 with a determination of the RA; for worlds without primary.
v1::CorroborateRequest WithPrimary();

// Of the first input.
v1::Check& CheckOf(v1::CorroborateRequest& request);
v1::PrimaryDetermination& PrimaryOf(v1::CorroborateRequest& request);
void SetName(v1::CorroborateRequest& request, absl::string_view name);
void SetAddress(v1::CorroborateRequest& request, absl::string_view address);

// A request that is good, and what one change makes of it.
struct Case {
  const char* name;
  v1::CorroborateRequest (*good)();
  void (*change)(v1::CorroborateRequest& request);
  const char* field;  // nullptr: the changed request is good as well
  const char* text;   // part of the description
};

// Exactly one violation in each case, or none.
void ExpectAll(const RequestWorld& world, absl::Span<const Case> cases);

}  // namespace mpic::coordinator

#endif  // MPIC_TESTS_COORDINATOR_REQUEST_CHECK_CASES_H_
