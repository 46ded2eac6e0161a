#include "coordinator/request_check.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/challenge.h"
#include "common/check_method.h"
#include "common/check_target.h"
#include "common/proto_time.h"
#include "coordinator/field_violations.h"
#include "coordinator/policy/methods.h"
#include "coordinator/request_check_adn.h"
#include "coordinator/request_check_identifier.h"
#include "coordinator/request_check_methods.h"
#include "coordinator/request_check_primary.h"
#include "coordinator/request_check_values.h"
#include "google/protobuf/unknown_field_set.h"

namespace mpic::coordinator {
namespace {

constexpr std::size_t kRequestIdOctetsMax = 128;
constexpr std::size_t kCheckIdOctetsMax = 64;
// The methods of Check's oneof begin here; a newer contract may have more than we know.
constexpr int kFirstMethodField = 16;

void CheckRequestId(absl::string_view request_id, const Field& field) {
  if (request_id.size() > kRequestIdOctetsMax ||
      !std::all_of(request_id.begin(), request_id.end(),
                   [](char c) { return c >= ' ' && c <= '~'; })) {
    field.Refuse(
        absl::StrCat("must be at most ", kRequestIdOctetsMax, " octets of printable ASCII"));
  }
}

bool CheckCount(int count, std::size_t count_max, const Field& field) {
  if (count >= 1 && static_cast<std::size_t>(count) <= count_max) return true;
  field.Refuse(absl::StrCat(count, " checks, 1 to ", count_max, " are allowed"));
  return false;
}

// The ids in the request's order; empty ones are numbered from 1.
std::vector<std::string> CheckIds(const v1::CorroborateRequest& request, const Field& inputs) {
  std::vector<std::string> ids;
  std::map<std::string, std::size_t> first_use;
  for (std::size_t i = 0; i < static_cast<std::size_t>(request.inputs_size()); ++i) {
    const std::string& given = request.inputs(static_cast<int>(i)).check().check_id();
    const Field field = inputs[i]["check"]["check_id"];
    CheckPrintable(field, given, 0, kCheckIdOctetsMax);
    ids.push_back(given.empty() ? absl::StrCat(i + 1) : given);
    const auto [earlier, is_new] = first_use.emplace(ids.back(), i);
    if (!is_new) {
      field.Refuse(
          absl::StrCat(Quoted(ids.back()), " is the id of inputs[", earlier->second, "] already"));
    }
  }
  return ids;
}

void RefuseMissingMethod(const v1::Check& check, const Field& field) {
  const auto& unknown = check.GetReflection()->GetUnknownFields(check);
  for (int i = 0; i < unknown.field_count(); ++i) {
    if (unknown.field(i).number() >= kFirstMethodField) {
      field["method"].Refuse(absl::StrCat("field ", unknown.field(i).number(),
                                          " names no method that this coordinator knows"));
      return;
    }
  }
  field["method"].Refuse("is required");
}

// The name of the method's message in Check: "http_01".
absl::string_view MethodFieldName(const v1::Check& check) {
  return v1::Check::descriptor()->FindFieldByNumber(check.method_case())->name();
}

void CheckCreationTime(const v1::Check& check, absl::Time now, const Field& field) {
  if (!check.has_challenge_created_at()) return;
  const auto created = CheckTimestamp(field, check.challenge_created_at());
  if (!created.has_value()) return;
  const absl::Status age = CheckChallengeAge(*created, now);
  if (!age.ok()) field.Refuse(v1::Problem::TOKEN_EXPIRED, age.message());
}

// A budget that the RA names must fit into the deadline; the default is cut to it.
void CheckTimeBudget(v1::Check& check, const RequestRules& rules, const Field& field) {
  absl::Duration budget = std::min(rules.default_budget, rules.deadline_left);
  if (check.has_time_budget()) {
    const auto given = CheckDuration(field, check.time_budget());
    if (!given.has_value()) return;
    budget = *given;
  }
  if (budget > rules.deadline_left) {
    field.Refuse(absl::StrCat(absl::FormatDuration(budget), " is longer than the deadline, ",
                              absl::FormatDuration(rules.deadline_left), " are left"));
  } else if (budget < kTimeBudgetMin || budget > kTimeBudgetMax) {
    field.Refuse(absl::StrCat(absl::FormatDuration(budget), ", 100ms to 120s are allowed",
                              check.has_time_budget() ? "" : " (left by the deadline)"));
  }
  *check.mutable_time_budget() = ToProtoDuration(budget);
}

// What is true for every method.
void CheckCommonFields(v1::Check& check, const RequestRules& rules, absl::Time now,
                       const Field& field) {
  CheckCreationTime(check, now, field["challenge_created_at"]);
  CheckTimeBudget(check, rules, field["time_budget"]);
  if (check.attempt() != 0) field["attempt"].Refuse("must be absent: the coordinator sets it");
}

void SetIdentifier(const CheckedIdentifier& identifier, v1::Check& check) {
  if (const auto* name = std::get_if<CertificateName>(&identifier)) {
    check.mutable_identifier()->set_dns_name(name->text());
  } else {
    check.mutable_identifier()->set_ip_address(std::get<IpAddress>(identifier).text());
  }
}

// The check's method with its parameters, against its identifier; both are normalised.
void CheckQuestion(CheckedInput& checked, const RequestRules& rules, absl::Time now,
                   const Field& field) {
  v1::Check& check = checked.check;
  const std::optional<CheckedIdentifier> identifier =
      CheckIdentifier(check.identifier(), rules.suffixes, rules.lab, field["identifier"]);
  if (identifier.has_value()) SetIdentifier(*identifier, check);
  checked.method = MethodOf(check);
  const MethodFacts* facts = FactsOf(checked.method);
  if (facts == nullptr) return RefuseMissingMethod(check, field);

  if (rules.tenant != nullptr && !rules.tenant->Permits(checked.method)) {
    field.Refuse(absl::StrCat("method ", facts->name, " is not permitted for tenant ",
                              rules.tenant->tenant_id));
  }
  const MethodContext context{rules, now, *facts, identifier};
  const Field method_field = field[MethodFieldName(check)];
  CheckMethodFits(context, method_field, checked.warnings);
  CheckAuthorizationDomainName(check, context, field);
  CheckMethod(check, context, method_field);
  CheckChallengeName(check, field["authorization_domain_name"]);
  checked.method_reference = std::string(ReferenceOf(*facts, context.is_ip()));
  checked.authorization_domain_name = check.authorization_domain_name();
}

// What a coordinator never does at once it cannot be asked for at once.
void CheckTargets(const std::vector<CheckedInput>& checked, std::size_t per_target_max,
                  const Field& inputs) {
  std::map<std::string, std::size_t> checks_of;
  for (std::size_t i = 0; i < checked.size(); ++i) {
    const std::string target = TargetOf(checked[i].check);
    if (++checks_of[target] != per_target_max + 1) continue;
    inputs[i]["check"]["identifier"].Refuse(absl::StrCat("more than ", per_target_max,
                                                         " checks of one target, ", Quoted(target),
                                                         ", are never under way"));
  }
}

CheckedInput CheckInput(const v1::CorroborationInput& input, const RequestRules& rules,
                        absl::Time now, FieldViolations& violations, const Field& field) {
  CheckedInput checked;
  checked.check = input.check();
  const std::size_t violations_before = violations.count();
  CheckQuestion(checked, rules, now, field["check"]);
  CheckCommonFields(checked.check, rules, now, field["check"]);
  const bool sound = violations.count() == violations_before;
  CheckPrimary(input, sound ? &checked.check : nullptr, rules, now, field["primary"]);
  if (input.has_primary()) checked.primary = input.primary();
  return checked;
}

}  // namespace

std::variant<CheckedRequest, google::rpc::BadRequest> CheckRequest(
    const v1::CorroborateRequest& request, const RequestRules& rules, absl::Time now) {
  FieldViolations violations;
  const Field root(violations, "");
  CheckRequestId(request.request_id(), root["request_id"]);
  CheckedRequest checked{.request_id = request.request_id(), .inputs = {}};
  if (CheckCount(request.inputs_size(), rules.checks_max, root["inputs"])) {
    const std::vector<std::string> ids = CheckIds(request, root["inputs"]);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      checked.inputs.push_back(CheckInput(request.inputs(static_cast<int>(i)), rules, now,
                                          violations, root["inputs"][i]));
      checked.inputs.back().check.set_check_id(ids[i]);
    }
    CheckTargets(checked.inputs, rules.checks_per_target_max, root["inputs"]);
  }
  if (!violations.empty()) return violations.ToBadRequest();
  return checked;
}

}  // namespace mpic::coordinator
