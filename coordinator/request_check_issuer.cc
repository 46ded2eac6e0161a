// The methods that compare records with the CA's own names and accounts: CAA and DNS_PERSIST.
#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "coordinator/request_check_methods.h"
#include "coordinator/request_check_values.h"

namespace mpic::coordinator {
namespace {

constexpr int kMethodLabelsMax = 16;
constexpr std::size_t kMethodLabelOctetsMax = 64;

// RFC 8657 section 4.
bool IsMethodLabel(absl::string_view label) {
  return !label.empty() && label.size() <= kMethodLabelOctetsMax &&
         std::all_of(label.begin(), label.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
         });
}

// The method that the label means, when it is one of the table's.
const MethodFacts* OwnerOf(absl::string_view label, const MethodFacts& preferred) {
  const auto has_label = [&](const MethodFacts& facts) {
    return std::any_of(facts.caa_labels.begin(), facts.caa_labels.end(),
                       [&](absl::string_view own) { return absl::EqualsIgnoreCase(own, label); });
  };
  if (has_label(preferred)) return &preferred;
  const auto all = AllMethods();
  const auto owner = std::find_if(all.begin(), all.end(), has_label);
  return owner == all.end() ? nullptr : &*owner;
}

void CheckMethodLabels(const v1::CaaCheck& caa, const MethodFacts& facts, const Field& field) {
  if (caa.validation_method_labels_size() > kMethodLabelsMax) {
    field.Refuse(absl::StrCat(caa.validation_method_labels_size(), " labels, at most ",
                              kMethodLabelsMax, " are allowed"));
    return;
  }
  for (int i = 0; i < caa.validation_method_labels_size(); ++i) {
    const std::string& label = caa.validation_method_labels(i);
    const Field place = field[static_cast<std::size_t>(i)];
    if (!IsMethodLabel(label)) {
      place.Refuse(absl::StrCat(Quoted(label), " must be 1 to ", kMethodLabelOctetsMax,
                                " letters, digits and \"-\" (RFC 8657 section 4)"));
      continue;
    }
    const MethodFacts* owner = OwnerOf(label, facts);
    if (owner != nullptr && owner->method != facts.method) {
      place.Refuse(
          absl::StrCat(Quoted(label), " is a label of ", owner->name, ", not of ", facts.name));
    } else if (owner == nullptr && absl::StartsWithIgnoreCase(label, "ca-tbr-")) {
      place.Refuse(
          absl::StrCat(Quoted(label), " is not a label of ", facts.name, " (BR 4.2.2.1.2)"));
    }
  }
}

// Whether the method named for RFC 8657 can have validated this identifier.
void CheckValidationMethod(const MethodFacts& facts, const MethodContext& context,
                           const Field& field) {
  if (facts.method == v1::CAA || facts.name_reference.empty()) {
    field.Refuse(absl::StrCat(facts.name, " validates no domain names"));
    return;
  }
  if (context.is_wildcard() && !facts.wildcard) {
    field.Refuse(absl::StrCat(facts.name, " cannot validate a Wildcard Domain Name (",
                              facts.name_reference, ")"));
  }
  const MethodStatus status = MethodStatusAt(facts, /*is_ip=*/false, context.now);
  if (status.permission == Permission::kSunset) {
    field.Refuse(v1::Problem::METHOD_SUNSET, status.sentence);
  }
}

// BR 4.2.2.1.2: where several labels fit one method, any of them is accepted.
void AddMethodLabels(const MethodFacts& facts, v1::CaaCheck& caa) {
  for (absl::string_view label : facts.caa_labels) {
    const auto& present = caa.validation_method_labels();
    if (std::find(present.begin(), present.end(), label) == present.end()) {
      caa.add_validation_method_labels(std::string(label));
    }
  }
}

void CheckMethodOfCaa(v1::CaaCheck& caa, const MethodContext& context, const Field& field) {
  if (caa.validation_method() == v1::METHOD_UNSPECIFIED) {
    if (caa.validation_method_labels_size() > 0) {
      field["validation_method_labels"].Refuse("need validation_method");
    }
    return;
  }
  const MethodFacts* facts = FactsOf(caa.validation_method());
  if (facts == nullptr) {
    field["validation_method"].Refuse(
        absl::StrCat(static_cast<int>(caa.validation_method()), " is not known"));
    return;
  }
  CheckValidationMethod(*facts, context, field["validation_method"]);
  CheckMethodLabels(caa, *facts, field["validation_method_labels"]);
  AddMethodLabels(*facts, caa);
}

// A request may name fewer issuer domain names than the CA has, never another CA's: that CA's
// records would permit us.
void CheckOwnNames(const v1::CaaCheck& caa, absl::Span<const DomainName> configured,
                   const Field& field) {
  for (int i = 0; i < caa.issuer_domain_names_size(); ++i) {
    const std::string& name = caa.issuer_domain_names(i);
    if (std::none_of(configured.begin(), configured.end(),
                     [&](const DomainName& own) { return DnsEquals(own.text(), name); })) {
      field[static_cast<std::size_t>(i)].Refuse(
          absl::StrCat(Quoted(name), " is not among the configured caa_issuer_domain_names"));
    }
  }
}

}  // namespace

void CheckDnsPersist(v1::DnsPersist& persist, const MethodContext& context, const Field& field) {
  CheckIssuerNames(field["issuer_domain_names"], *persist.mutable_issuer_domain_names());
  if (persist.acceptable_account_uris().empty()) {
    field["acceptable_account_uris"].Refuse("is required: 1 to 64 URIs");
  }
  CheckAccountUris(field["acceptable_account_uris"], persist.acceptable_account_uris(),
                   kAccountUrisMax);
  if (!persist.has_reference_time()) return;
  // An instant long past would revive records that have expired; a later one is only stricter.
  const Field place = field["reference_time"];
  const std::optional<absl::Time> time = CheckTimestamp(place, persist.reference_time());
  if (time.has_value() && *time < context.now - kDeterminationAgeMax) {
    place.Refuse(absl::StrCat("lies more than ", absl::FormatDuration(kDeterminationAgeMax),
                              " in the past"));
  }
}

void CheckCaa(v1::CaaCheck& caa, const MethodContext& context, const Field& field) {
  const auto& configured = context.rules.caa_issuer_domain_names;
  if (caa.issuer_domain_names().empty()) {
    for (const DomainName& name : configured) caa.add_issuer_domain_names(name.text());
  }
  CheckIssuerNames(field["issuer_domain_names"], *caa.mutable_issuer_domain_names());
  if (!configured.empty()) CheckOwnNames(caa, configured, field["issuer_domain_names"]);
  CheckAccountUris(field["account_uris"], caa.account_uris(), kAccountUrisMax);
  // An RA cannot loosen what the CA decided.
  if (caa.lookup_failure() != v1::CaaCheck::NEVER_PERMITS) {
    field["lookup_failure"].Refuse("must be absent: the coordinator sets it by its policy");
  }
  CheckMethodOfCaa(caa, context, field);
}

}  // namespace mpic::coordinator
