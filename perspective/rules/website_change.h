// What a website change check (BR 3.2.2.4.18) asks for. Pure.
#ifndef MPIC_PERSPECTIVE_RULES_WEBSITE_CHANGE_H_
#define MPIC_PERSPECTIVE_RULES_WEBSITE_CHANGE_H_

#include "common/domain_name.h"
#include "perspective/net/url.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// Where the file lies at `name`. BAD_REQUEST names the field and the rule that it breaks
// (protos/mpic/v1/check.proto, WebsiteChange): scheme, Authorized Port, a file below
// /.well-known/pki-validation/, the expected value's form.
OrProblem<Url> WebsiteChangeUrl(const v1::WebsiteChange& change, DomainName name);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_WEBSITE_CHANGE_H_
