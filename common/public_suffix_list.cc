#include "common/public_suffix_list.h"

#include <libpsl.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace mpic {
namespace {

bool HasIcannRule(const psl_ctx_t* context, const std::string& name) {
  return psl_is_public_suffix2(context, name.c_str(), PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) == 1;
}

}  // namespace

void PublicSuffixList::Free::operator()(psl_ctx_st* context) const { psl_free(context); }

absl::StatusOr<std::unique_ptr<const PublicSuffixList>> PublicSuffixList::Load(
    const std::string& path) {
  Context context(psl_load_file(path.c_str()));
  if (context == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("public suffix list \"", path, "\": cannot be read, or is empty"));
  }
  if (!HasIcannRule(context.get(), "com")) {
    return absl::FailedPreconditionError(absl::StrCat(
        "public suffix list \"", path, "\": has no rule for \"com\" in an ICANN section"));
  }
  return std::unique_ptr<const PublicSuffixList>(new PublicSuffixList(std::move(context)));
}

bool PublicSuffixList::IsPublicSuffix(const DomainName& name) const {
  return name.label_count() == 1 || HasIcannRule(context_.get(), name.text());
}

std::optional<DomainName> PublicSuffixList::BaseDomain(const DomainName& name) const {
  if (IsPublicSuffix(name) || !KnownTld(name)) return std::nullopt;
  DomainName base = name;
  for (DomainName above = base.Parent(); !IsPublicSuffix(above); above = base.Parent()) {
    base = above;
  }
  return base;
}

bool PublicSuffixList::KnownTld(const DomainName& name) const {
  return HasIcannRule(context_.get(), std::string(name.labels().back()));
}

}  // namespace mpic
