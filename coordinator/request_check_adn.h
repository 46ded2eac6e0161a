// Authorization Domain Names: the one that a check names, and those that an RA may choose from.
#ifndef MPIC_COORDINATOR_REQUEST_CHECK_ADN_H_
#define MPIC_COORDINATOR_REQUEST_CHECK_ADN_H_

#include <variant>

#include "absl/time/time.h"
#include "common/public_suffix_list.h"
#include "coordinator/field_violations.h"
#include "coordinator/request_check_methods.h"
#include "google/rpc/error_details.pb.h"
#include "mpic/v1/coordinator.pb.h"

namespace mpic::coordinator {

// Fills in the Authorization Domain Name of a domain method, or refuses the one that `check` names.
// `field` is the path of the check.
void CheckAuthorizationDomainName(v1::Check& check, const MethodContext& context,
                                  const Field& field);

// What MpicService.ListAuthorizationDomainNames answers, as of `now`. Pure; a BadRequest is as that
// of CheckRequest.
std::variant<v1::ListAuthorizationDomainNamesResponse, google::rpc::BadRequest>
ListAuthorizationDomainNames(const v1::ListAuthorizationDomainNamesRequest& request,
                             const PublicSuffixList& suffixes, absl::Time now);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_REQUEST_CHECK_ADN_H_
