#include "common/config_scalar.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>

#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "common/utf8.h"

namespace mpic {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kDurationRule[] = "must be a duration with its unit, for example 1.5s, 250ms or 2m";

// A field of one message, set or added to as the field's label demands.
struct Target {
  Message& message;
  const FieldDescriptor& field;

  template <typename Value, typename Set, typename Add>
  std::string Put(Set set, Add add, const Value& value) const {
    const google::protobuf::Reflection* reflection = message.GetReflection();
    if (field.is_repeated()) {
      (reflection->*add)(&message, &field, value);
    } else {
      (reflection->*set)(&message, &field, value);
    }
    return "";
  }
};

bool LooksLikeInteger(absl::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return !text.empty();
}

template <typename Integer, typename Set, typename Add>
std::string PutInteger(const std::string& text, const Target& target, Set set, Add add) {
  if (!LooksLikeInteger(text)) return "must be an integer";
  Integer value = 0;
  if (absl::SimpleAtoi(text, &value)) return target.Put(set, add, value);
  return absl::StrCat("out of range, must be ", std::numeric_limits<Integer>::min(), " .. ",
                      std::numeric_limits<Integer>::max());
}

std::string PutDouble(const std::string& text, const Target& target) {
  using google::protobuf::Reflection;
  double value = 0;
  if (!absl::SimpleAtod(text, &value) || !std::isfinite(value)) return "must be a finite number";
  return target.Put(&Reflection::SetDouble, &Reflection::AddDouble, value);
}

std::string PutBool(const std::string& text, const Target& target) {
  using google::protobuf::Reflection;
  const bool value = absl::EqualsIgnoreCase(text, "true");
  if (!value && !absl::EqualsIgnoreCase(text, "false")) return "must be true or false";
  return target.Put(&Reflection::SetBool, &Reflection::AddBool, value);
}

std::string PutEnum(const std::string& text, const Target& target) {
  using google::protobuf::Reflection;
  const EnumDescriptor& type = *target.field.enum_type();
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) {
    const EnumValueDescriptor& value = *type.value(i);
    if (absl::EndsWith(value.name(), "_UNSPECIFIED")) continue;
    if (absl::EqualsIgnoreCase(text, value.name())) {
      return target.Put(&Reflection::SetEnum, &Reflection::AddEnum, &value);
    }
    names.push_back(value.name());
  }
  return absl::StrCat("must be one of ", absl::StrJoin(names, ", "));
}

bool IsPlainText(absl::string_view text) {
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    if (length == 0) return false;
    const char32_t c = Utf8CodePoint(text.substr(0, length));
    if (c < 0x20 || (c >= 0x7F && c < 0xA0)) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string PutDuration(const std::string& text, const Target& target) {
  absl::Duration value;
  if (!absl::ParseDuration(text, &value)) return kDurationRule;
  if (value < absl::ZeroDuration()) return "must not be negative";
  // google.protobuf.Duration: 10000 years.
  if (value > absl::Seconds(315'576'000'000)) return "out of range, must be at most 315576000000s";
  google::protobuf::Duration duration;
  duration.set_seconds(absl::IDivDuration(value, absl::Seconds(1), &value));
  duration.set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(value)));
  const google::protobuf::Reflection* reflection = target.message.GetReflection();
  Message* field = target.field.is_repeated()
                       ? reflection->AddMessage(&target.message, &target.field)
                       : reflection->MutableMessage(&target.message, &target.field);
  field->CopyFrom(duration);
  return "";
}

}  // namespace

bool IsDuration(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type() == google::protobuf::Duration::descriptor();
}

std::string SetConfigScalar(const std::string& text, bool quoted, Message& message,
                            const FieldDescriptor& field) {
  using google::protobuf::Reflection;
  const Target target{message, field};
  const FieldDescriptor::CppType type = field.cpp_type();
  if (type == FieldDescriptor::CPPTYPE_STRING) {
    // Neither protobuf nor a file name or log line holds anything else.
    if (!IsPlainText(text)) return "must be UTF-8 without control characters";
    return target.Put(&Reflection::SetString, &Reflection::AddString, text);
  }
  if (type == FieldDescriptor::CPPTYPE_ENUM) return PutEnum(text, target);
  if (IsDuration(field)) return PutDuration(text, target);
  if (quoted) return "must not be in quotes";
  switch (type) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return PutBool(text, target);
    case FieldDescriptor::CPPTYPE_INT32:
      return PutInteger<std::int32_t>(text, target, &Reflection::SetInt32, &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return PutInteger<std::int64_t>(text, target, &Reflection::SetInt64, &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return PutInteger<std::uint32_t>(text, target, &Reflection::SetUInt32,
                                       &Reflection::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return PutInteger<std::uint64_t>(text, target, &Reflection::SetUInt64,
                                       &Reflection::AddUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return PutDouble(text, target);
    default:
      return absl::StrCat("fields of type ", field.type_name(), " are not supported");
  }
}

}  // namespace mpic
