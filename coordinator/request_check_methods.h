// The parameters of each validation method.
#ifndef MPIC_COORDINATOR_REQUEST_CHECK_METHODS_H_
#define MPIC_COORDINATOR_REQUEST_CHECK_METHODS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "coordinator/field_violations.h"
#include "coordinator/policy/methods.h"
#include "coordinator/request_check.h"
#include "coordinator/request_check_identifier.h"
#include "mpic/v1/check.pb.h"

namespace mpic::coordinator {

// What the rules of a method may depend on besides its own message.
struct MethodContext {
  const RequestRules& rules;
  absl::Time now;
  const MethodFacts& facts;
  // nullopt: malformed, which is reported already.
  const std::optional<CheckedIdentifier>& identifier;

  bool is_wildcard() const;
  bool is_ip() const;
};

// Refuses at `field` a method that does not exist for this kind of identifier, or no more as of
// today; where it is going to end or SHOULD NOT be used, `warnings` gets a sentence.
void CheckMethodFits(const MethodContext& context, const Field& field,
                     std::vector<std::string>& warnings);

// Checks the message in the check's oneof and normalises it in place. `field` is the path of that
// message. Precondition: the method is set.
void CheckMethod(v1::Check& check, const MethodContext& context, const Field& field);

// One for each message that has rules of its own; called by CheckMethod.
void CheckDnsChange(v1::DnsChange& dns_change, const Field& field);
void CheckContactLookup(v1::ContactLookup& lookup, v1::Method method, const Field& field);
void CheckWebsiteChange(v1::WebsiteChange& website, const MethodContext& context,
                        const Field& field);
void CheckDnsPersist(v1::DnsPersist& persist, const MethodContext& context, const Field& field);
void CheckCaa(v1::CaaCheck& caa, const MethodContext& context, const Field& field);

// Refuses at `field` a check whose challenge would be published at a name over 253 octets. Looks at
// the Authorization Domain Name of the check.
void CheckChallengeName(const v1::Check& check, const Field& field);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_REQUEST_CHECK_METHODS_H_
