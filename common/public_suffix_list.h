// Which names are public suffixes, and with that Base Domain Names and Internal Names (BR 1.6.1).
#ifndef MPIC_COMMON_PUBLIC_SUFFIX_LIST_H_
#define MPIC_COMMON_PUBLIC_SUFFIX_LIST_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/domain_name.h"

struct psl_ctx_st;  // libpsl

namespace mpic {

// A Public Suffix List as its operator keeps it on disk. Only the ICANN section counts, because
// BR 3.2.2.6 asks CAs to leave the private section aside: "github.io" is a name like others.
// Immutable after Load, and therefore safe to share between threads.
class PublicSuffixList {
 public:
  // Reads the list's text form or its DAFSA form. NOT_FOUND when the file cannot be read or is
  // empty; FAILED_PRECONDITION when it holds no ICANN rule for "com": it is something else then, or
  // a fragment, and every answer would be wrong.
  static absl::StatusOr<std::unique_ptr<const PublicSuffixList>> Load(const std::string& path);

  // True for names that a rule makes suffixes ("com", "co.uk"), and for any TLD, listed or not. The
  // owner of a wildcard rule is a suffix too ("*.ck" makes "ck" one), which is stricter than the
  // list's algorithm.
  bool IsPublicSuffix(const DomainName& name) const;

  // The Base Domain Name: the public suffix and one label more. nullopt when `name` is itself a
  // public suffix or its TLD is unknown.
  std::optional<DomainName> BaseDomain(const DomainName& name) const;

  // True when the ICANN section lists the name's TLD. A name without known TLD is an Internal Name.
  bool KnownTld(const DomainName& name) const;

 private:
  struct Free {
    void operator()(psl_ctx_st* context) const;
  };
  using Context = std::unique_ptr<psl_ctx_st, Free>;

  explicit PublicSuffixList(Context context) : context_(std::move(context)) {}

  Context context_;
};

}  // namespace mpic

#endif  // MPIC_COMMON_PUBLIC_SUFFIX_LIST_H_
