// Pages of website changes, and the meta tag that is looked for in them.
//   input: the page
#include "perspective/rules/html_meta.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "tests/fuzz/fuzz_target.h"

namespace mpic::fuzz {

MPIC_FUZZ_TARGET(html_meta) {
  constexpr absl::string_view kToken = "4f9c2a7be1d04c6f8a35b1e97d20c4aa";
  const absl::string_view page = input.Rest();
  const auto found = perspective::FindInMetaTag(page, kToken);
  if (!found.ok()) {
    RequireSound(found.problem());
    Require(found.problem().kind == v1::Problem::BODY_MISMATCH, "a page does not match");
    return;
  }
  const absl::string_view tag = page.substr(*found);
  Require(absl::StartsWithIgnoreCase(tag, "<meta"), "what is found is a meta tag");
  // What decodes to the token without a character reference is the token.
  Require(absl::StrContains(tag, kToken) || absl::StrContains(tag, '&'),
          "the token stands behind the tag's start");
  Require(absl::StrContains(absl::AsciiStrToLower(tag), "content"), "the tag has a content");
}

}  // namespace mpic::fuzz
