#include "common/proto_json.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/json_string.h"
#include "common/proto_time.h"
#include "common/status_macros.h"

namespace mpic {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Duration;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;

// Whole strings: nothing here is cut.
constexpr std::size_t kUncut = std::numeric_limits<std::size_t>::max();

// With as few of 3, 6 or 9 digits as tell it, and none for zero.
void AppendNanos(std::int32_t nanos, std::string& out) {
  if (nanos == 0) return;
  constexpr std::int32_t kMicrosecond = 1'000;
  constexpr std::int32_t kMillisecond = 1'000'000;
  if (nanos % kMillisecond == 0) {
    absl::StrAppend(&out, ".", absl::Dec(nanos / kMillisecond, absl::kZeroPad3));
  } else if (nanos % kMicrosecond == 0) {
    absl::StrAppend(&out, ".", absl::Dec(nanos / kMicrosecond, absl::kZeroPad6));
  } else {
    absl::StrAppend(&out, ".", absl::Dec(nanos, absl::kZeroPad9));
  }
}

absl::Status AppendTime(const Timestamp& time, std::string& out) {
  if (!IsValid(time)) return absl::InvalidArgumentError("a timestamp is out of range");
  const auto second = absl::CivilSecond() + time.seconds();  // they begin in 1970 as well
  absl::StrAppend(&out, "\"", absl::Dec(second.year(), absl::kZeroPad4), "-",
                  absl::Dec(second.month(), absl::kZeroPad2), "-",
                  absl::Dec(second.day(), absl::kZeroPad2), "T");
  absl::StrAppend(&out, absl::Dec(second.hour(), absl::kZeroPad2), ":",
                  absl::Dec(second.minute(), absl::kZeroPad2), ":",
                  absl::Dec(second.second(), absl::kZeroPad2));
  AppendNanos(time.nanos(), out);
  out += "Z\"";
  return absl::OkStatus();
}

absl::Status AppendDuration(const Duration& duration, std::string& out) {
  if (!IsValid(duration)) return absl::InvalidArgumentError("a duration is out of range");
  const bool is_negative = duration.seconds() < 0 || duration.nanos() < 0;
  absl::StrAppend(&out, is_negative ? "\"-" : "\"", std::abs(duration.seconds()));
  AppendNanos(std::abs(duration.nanos()), out);
  out += "s\"";
  return absl::OkStatus();
}

template <typename T>
void AppendReal(T value, std::string& out) {
  if (std::isnan(value)) {
    out += "\"NaN\"";
  } else if (std::isinf(value)) {
    out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  } else {
    char digits[32];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  }
}

void AppendText(const FieldDescriptor& field, const std::string& text, std::string& out) {
  if (field.type() == FieldDescriptor::TYPE_BYTES) {
    absl::StrAppend(&out, "\"", absl::Base64Escape(text), "\"");
  } else {
    AppendJsonString(text, kUncut, out);
  }
}

void AppendEnum(const FieldDescriptor& field, int number, std::string& out) {
  const auto* const value = field.enum_type()->FindValueByNumber(number);
  if (value == nullptr) {
    absl::StrAppend(&out, number);
  } else {
    absl::StrAppend(&out, "\"", value->name(), "\"");
  }
}

// How the messages of a type are printed: what descriptors would be asked for each time.
struct MessagePlan {
  struct Field {
    const FieldDescriptor* descriptor = nullptr;
    std::string key;                       // "name": with its quotes and colon
    const MessagePlan* message = nullptr;  // of a message
  };
  enum class Kind { kTimestamp, kDuration, kOther };
  Kind kind = Kind::kOther;
  std::vector<Field> fields;  // by number
};

MessagePlan::Kind KindOf(const Descriptor* type) {
  if (type == Timestamp::descriptor()) return MessagePlan::Kind::kTimestamp;
  return type == Duration::descriptor() ? MessagePlan::Kind::kDuration : MessagePlan::Kind::kOther;
}

// Each thread finds out once.
// NOLINTNEXTLINE(misc-no-recursion): as deep as types stand in each other, each of them once.
const MessagePlan& PlanOf(const Descriptor* type) {
  // Places in it stay where they are.
  thread_local std::unordered_map<const Descriptor*, MessagePlan> plans;
  const auto [entry, is_new] = plans.try_emplace(type);
  MessagePlan& plan = entry->second;
  if (!is_new) return plan;
  plan.kind = KindOf(type);
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* const field = type->field(i);
    plan.fields.push_back(
        {.descriptor = field,
         .key = absl::StrCat("\"", field->name(), "\":"),
         .message = field->message_type() ? &PlanOf(field->message_type()) : nullptr});
  }
  std::sort(plan.fields.begin(), plan.fields.end(), [](const auto& a, const auto& b) {
    return a.descriptor->number() < b.descriptor->number();
  });
  return plan;
}

absl::Status AppendMessage(const Message& message, const MessagePlan& plan, std::string& out);

// One value of a field; `index` is -1 where the field is not repeated.
absl::Status AppendValue(const Message& message, const MessagePlan::Field& plan, int index,
                         std::string& out) {
  const FieldDescriptor* const field = plan.descriptor;
  const Reflection& reflection = *message.GetReflection();
  const auto get = [&](auto single, auto repeated) {
    return index < 0 ? (reflection.*single)(message, field)
                     : (reflection.*repeated)(message, field, index);
  };
  std::string scratch;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      out += get(&Reflection::GetBool, &Reflection::GetRepeatedBool) ? "true" : "false";
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      absl::StrAppend(&out, get(&Reflection::GetInt32, &Reflection::GetRepeatedInt32));
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      absl::StrAppend(&out, get(&Reflection::GetUInt32, &Reflection::GetRepeatedUInt32));
      break;
    // Numbers of JSON are doubles to many readers, so that 64 bits are strings.
    case FieldDescriptor::CPPTYPE_INT64:
      absl::StrAppend(&out, "\"", get(&Reflection::GetInt64, &Reflection::GetRepeatedInt64), "\"");
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      absl::StrAppend(&out, "\"", get(&Reflection::GetUInt64, &Reflection::GetRepeatedUInt64),
                      "\"");
      break;
    case FieldDescriptor::CPPTYPE_FLOAT:
      AppendReal(get(&Reflection::GetFloat, &Reflection::GetRepeatedFloat), out);
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      AppendReal(get(&Reflection::GetDouble, &Reflection::GetRepeatedDouble), out);
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      AppendEnum(*field, get(&Reflection::GetEnumValue, &Reflection::GetRepeatedEnumValue), out);
      break;
    case FieldDescriptor::CPPTYPE_STRING:
      AppendText(*field,
                 index < 0 ? reflection.GetStringReference(message, field, &scratch)
                           : reflection.GetRepeatedStringReference(message, field, index, &scratch),
                 out);
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return AppendMessage(index < 0 ? reflection.GetMessage(message, field)
                                     : reflection.GetRepeatedMessage(message, field, index),
                           *plan.message, out);
  }
  return absl::OkStatus();
}

// Keys are strings, whatever they are in the message.
absl::Status AppendMap(const Message& message, const MessagePlan::Field& plan, int size,
                       std::string& out) {
  const MessagePlan::Field& key = plan.message->fields[0];
  const MessagePlan::Field& value = plan.message->fields[1];
  for (int i = 0; i < size; ++i) {
    const Message& entry = message.GetReflection()->GetRepeatedMessage(message, plan.descriptor, i);
    std::string name;
    MPIC_RETURN_IF_ERROR(AppendValue(entry, key, -1, name));
    const bool is_quoted = name.front() == '"';
    absl::StrAppend(&out, i == 0 ? "{" : ",", is_quoted ? "" : "\"", name, is_quoted ? ":" : "\":");
    MPIC_RETURN_IF_ERROR(AppendValue(entry, value, -1, out));
  }
  out += '}';
  return absl::OkStatus();
}

absl::Status AppendRepeated(const Message& message, const MessagePlan::Field& plan, int size,
                            std::string& out) {
  if (plan.descriptor->is_map()) return AppendMap(message, plan, size, out);
  for (int i = 0; i < size; ++i) {
    out += i == 0 ? '[' : ',';
    MPIC_RETURN_IF_ERROR(AppendValue(message, plan, i, out));
  }
  out += ']';
  return absl::OkStatus();
}

absl::Status AppendMessage(const Message& message, const MessagePlan& plan, std::string& out) {
  if (plan.kind == MessagePlan::Kind::kTimestamp) {
    return AppendTime(static_cast<const Timestamp&>(message), out);
  }
  if (plan.kind == MessagePlan::Kind::kDuration) {
    return AppendDuration(static_cast<const Duration&>(message), out);
  }
  const Reflection& reflection = *message.GetReflection();
  char before = '{';
  for (const MessagePlan::Field& field : plan.fields) {
    const bool is_repeated = field.descriptor->is_repeated();
    const int size = is_repeated ? reflection.FieldSize(message, field.descriptor) : 0;
    if (is_repeated ? size == 0 : !reflection.HasField(message, field.descriptor)) continue;
    out += std::exchange(before, ',');
    out += field.key;
    MPIC_RETURN_IF_ERROR(is_repeated ? AppendRepeated(message, field, size, out)
                                     : AppendValue(message, field, -1, out));
  }
  out += before == '{' ? "{}" : "}";
  return absl::OkStatus();
}

}  // namespace

absl::Status AppendProtoJson(const Message& message, std::string& out) {
  return AppendMessage(message, PlanOf(message.GetDescriptor()), out);
}

}  // namespace mpic
