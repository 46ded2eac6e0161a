// Which names and addresses may be asked about at all.
#ifndef MPIC_COORDINATOR_REQUEST_CHECK_IDENTIFIER_H_
#define MPIC_COORDINATOR_REQUEST_CHECK_IDENTIFIER_H_

#include <optional>
#include <variant>

#include "absl/strings/string_view.h"
#include "common/domain_name.h"
#include "common/ip_address.h"
#include "common/public_suffix_list.h"
#include "coordinator/field_violations.h"
#include "mpic/v1/check.pb.h"

namespace mpic::coordinator {

using CheckedIdentifier = std::variant<CertificateName, IpAddress>;

// nullopt, with the reason at `field`, for anything that no public certificate may name: malformed
// names, onion names (which need no corroboration, BR Appendix B), Internal Names, names in the
// reverse zones, public suffixes and wildcards directly under one (BR 4.2.2, 3.2.2.6).
std::optional<CertificateName> CheckCertificateName(absl::string_view text,
                                                    const PublicSuffixList& suffixes,
                                                    const Field& field);

// The same for either kind of identifier; unless `lab`, Reserved IP Addresses are refused.
std::optional<CheckedIdentifier> CheckIdentifier(const v1::Identifier& identifier,
                                                 const PublicSuffixList& suffixes, bool lab,
                                                 const Field& field);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_REQUEST_CHECK_IDENTIFIER_H_
