#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <cmath>
#include <string>

#include "common/rir.h"
#include "coordinator/policy_explanation.h"

namespace mpic::coordinator {
namespace {

using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;

Value& Field(Struct& object, const std::string& name) { return (*object.mutable_fields())[name]; }

void SetText(Struct& object, const std::string& name, absl::string_view text) {
  Field(object, name).set_string_value(std::string(text));
}

void SetNumber(Struct& object, const std::string& name, double number) {
  Field(object, name).set_number_value(number);
}

void SetTexts(Struct& object, const std::string& name, const std::vector<std::string>& texts) {
  ListValue& list = *Field(object, name).mutable_list_value();
  for (const std::string& text : texts) list.add_values()->set_string_value(text);
}

double ToOneDecimal(double km) { return std::round(km * 10) / 10; }

void SetMatrix(Struct& object, const std::string& name, const DistanceMatrix& matrix,
               const std::optional<ClosestPair>& closest) {
  Struct& fields = *Field(object, name).mutable_struct_value();
  SetTexts(fields, "ids", matrix.ids);
  ListValue& rows = *Field(fields, "km").mutable_list_value();
  for (const std::vector<double>& row : matrix.km) {
    ListValue& cells = *rows.add_values()->mutable_list_value();
    for (double km : row) cells.add_values()->set_number_value(ToOneDecimal(km));
  }
  if (!closest.has_value()) return;
  Struct& pair = *Field(fields, "closest").mutable_struct_value();
  SetTexts(pair, "ids", {closest->a, closest->b});
  SetNumber(pair, "km", ToOneDecimal(closest->km));
}

void SetPhases(Struct& object, const std::vector<PhaseExplanation>& phases) {
  ListValue& list = *Field(object, "phases").mutable_list_value();
  for (const PhaseExplanation& explained : phases) {
    Struct& phase = *list.add_values()->mutable_struct_value();
    SetText(phase, "phase", explained.phase.name);
    Field(phase, "in_force").set_bool_value(explained.in_force);
    SetNumber(phase, "remotes_min", explained.phase.remotes_min);
    SetNumber(phase, "rir_regions_min", explained.phase.rir_regions_min);
    Field(phase, "satisfied").set_bool_value(explained.shortcomings.empty());
    ListValue& shortcomings = *Field(phase, "shortcomings").mutable_list_value();
    for (const Shortcoming& line : explained.shortcomings) {
      Struct& shortcoming = *shortcomings.add_values()->mutable_struct_value();
      SetText(shortcoming, "field", line.field);
      SetText(shortcoming, "rule", line.rule);
    }
  }
}

void SetMargin(Struct& object, const RirMargin& margin) {
  Struct& fields = *Field(object, "rir_margin").mutable_struct_value();
  Field(fields, "kept").set_bool_value(margin.kept);
  SetNumber(fields, "failures_allowed", margin.failures_allowed);
  SetTexts(fields, "critical", margin.critical);
}

}  // namespace

std::string ToJson(const PolicyExplanation& explanation) {
  Struct object;
  SetText(object, "at",
          absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", explanation.at, absl::UTCTimeZone()));
  SetText(object, "primary", explanation.primary);
  SetNumber(object, "remotes_per_attempt", explanation.remotes_per_attempt);
  SetNumber(object, "non_corroborations_allowed", explanation.non_corroborations_allowed);
  SetNumber(object, "rir_regions_min", explanation.rir_regions_min);
  Field(object, "caa_lookup_failure_may_permit")
      .set_bool_value(explanation.caa_lookup_failure_may_permit);
  SetMargin(object, explanation.margin);
  SetTexts(object, "indispensable", explanation.indispensable);
  SetPhases(object, explanation.phases);
  Struct& coverage = *Field(object, "rir_coverage").mutable_struct_value();
  for (const auto& [rir, ids] : explanation.rir_coverage) {
    SetTexts(coverage, std::string(RirName(rir)), ids);
  }
  SetMatrix(object, "perspectives", explanation.perspectives, explanation.closest_perspectives);
  SetMatrix(object, "resolvers", explanation.resolvers, explanation.closest_resolvers);
  SetTexts(object, "warnings", explanation.warnings);

  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string json;
  // Cannot fail: the object is made of plain values above. An empty text would show it.
  (void)google::protobuf::util::MessageToJsonString(object, &json, options);
  return json;
}

}  // namespace mpic::coordinator
