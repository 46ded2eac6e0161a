// The meta-tag form of a website change (BR 3.2.2.5.1). Pure.
#ifndef MPIC_PERSPECTIVE_RULES_HTML_META_H_
#define MPIC_PERSPECTIVE_RULES_HTML_META_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// Bounds of a page that is parsed. HTML's own rules let hostile pages cost the square of their
// size: 64 KiB of tags would grow to gigabytes. Within these bounds the worst tags take some 30 ms;
// attributes are bounded by the page's octets (Limits::html_body_octets_max).
inline constexpr std::size_t kHtmlTagsMax = 2'048;                       // "<" in all the page
inline constexpr std::size_t kHtmlTreeOctetsMax = std::size_t{8} << 20;  // memory of the parser

// Where the first <meta> starts whose content attribute, character references decoded, holds
// `token` as ContainsToken has it: the octet of its "<". `html` is any octets, read as a browser
// reads UTF-8; comments, scripts, other text, noscript and template count for nothing.
//
// BODY_MISMATCH: there is no such tag, or the page is over a bound and was not read to its end.
OrProblem<std::size_t> FindInMetaTag(absl::string_view html, absl::string_view token);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_HTML_META_H_
