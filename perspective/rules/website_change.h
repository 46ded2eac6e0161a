// What a website change check (BR 3.2.2.4.18, 3.2.2.5.1) asks for. Pure.
#ifndef MPIC_PERSPECTIVE_RULES_WEBSITE_CHANGE_H_
#define MPIC_PERSPECTIVE_RULES_WEBSITE_CHANGE_H_

#include <variant>

#include "common/domain_name.h"
#include "common/ip_address.h"
#include "perspective/net/url.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// Where the file lies at `host`. BAD_REQUEST names the field and the rule that it breaks
// (protos/mpic/v1/check.proto, WebsiteChange): scheme, Authorized Port, a file below
// /.well-known/pki-validation/, the expected value's form, a meta tag for a name.
OrProblem<Url> WebsiteChangeUrl(const v1::WebsiteChange& change,
                                std::variant<DomainName, IpAddress> host);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_WEBSITE_CHANGE_H_
