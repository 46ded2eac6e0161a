#include "common/proto_json.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/wire_format.h>
#include <google/protobuf/wire_format_lite.h>

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
#include "common/json_string.h"
#include "common/proto_time.h"
#include "common/status_macros.h"
#include "common/time_text.h"

namespace mpic {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Duration;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Timestamp;
using google::protobuf::internal::WireFormat;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// Whole strings: nothing here is cut.
constexpr std::size_t kUncut = std::numeric_limits<std::size_t>::max();

absl::Status NotAsSerialized() {
  return absl::InvalidArgumentError("not the form in which a message is serialized");
}

// A Timestamp or a Duration.
template <typename Time>
absl::Status AppendTime(absl::string_view octets, std::string& out) {
  Time time;
  if (!time.ParseFromArray(octets.data(), static_cast<int>(octets.size()))) {
    return NotAsSerialized();
  }
  if (!IsValid(time)) return absl::InvalidArgumentError("a time is out of range");
  out += '"';
  AppendTimeText(time, out);
  out += '"';
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

void AppendNumber(bool value, std::string& out) { out += value ? "true" : "false"; }
void AppendNumber(std::int32_t value, std::string& out) { absl::StrAppend(&out, value); }
void AppendNumber(std::uint32_t value, std::string& out) { absl::StrAppend(&out, value); }
// Numbers of JSON are doubles to many readers, so that 64 bits are strings.
void AppendNumber(std::int64_t value, std::string& out) {
  absl::StrAppend(&out, "\"", value, "\"");
}
void AppendNumber(std::uint64_t value, std::string& out) {
  absl::StrAppend(&out, "\"", value, "\"");
}
void AppendNumber(float value, std::string& out) { AppendReal(value, out); }
void AppendNumber(double value, std::string& out) { AppendReal(value, out); }

void AppendEnum(const EnumDescriptor& type, int number, std::string& out) {
  const auto* const value = type.FindValueByNumber(number);
  if (value == nullptr) {
    absl::StrAppend(&out, number);
  } else {
    absl::StrAppend(&out, "\"", value->name(), "\"");
  }
}

// How the messages of a type are printed: what descriptors would be asked for each time.
struct MessagePlan {
  struct Field {
    std::uint32_t tag = 0;  // what stands before it in the wire form
    std::string key;        // "name": with its quotes and colon
    FieldDescriptor::Type type{};
    bool is_repeated = false;
    bool is_packed = false;
    bool is_map = false;
    const EnumDescriptor* enumeration = nullptr;  // of an enum
    const MessagePlan* message = nullptr;         // of a message
  };
  enum class Kind { kTimestamp, kDuration, kOther };
  Kind kind = Kind::kOther;
  std::vector<Field> fields;  // by number
};

using Field = MessagePlan::Field;

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
        {.tag = WireFormat::MakeTag(field),
         .key = absl::StrCat("\"", field->name(), "\":"),
         .type = field->type(),
         .is_repeated = field->is_repeated(),
         .is_packed = field->is_packed(),
         .is_map = field->is_map(),
         .enumeration = field->enum_type(),
         .message = field->message_type() ? &PlanOf(field->message_type()) : nullptr});
  }
  std::sort(plan.fields.begin(), plan.fields.end(),
            [](const Field& a, const Field& b) { return a.tag < b.tag; });
  return plan;
}

CodedInputStream StreamOf(absl::string_view octets) {
  return CodedInputStream(reinterpret_cast<const std::uint8_t*>(octets.data()),
                          static_cast<int>(octets.size()));
}

// What stands with its length before it.
bool TakeOctets(CodedInputStream& in, absl::string_view& octets) {
  int length = 0;
  if (!in.ReadVarintSizeAsInt(&length)) return false;
  const void* data = nullptr;
  int available = 0;
  in.GetDirectBufferPointerInline(&data, &available);
  if (length > available) return false;
  octets = {static_cast<const char*>(data), static_cast<std::size_t>(length)};
  return in.Skip(length);
}

template <typename T, WireFormatLite::FieldType kType>
bool TakeNumber(CodedInputStream& in, std::string& out) {
  T value{};
  if (!WireFormatLite::ReadPrimitive<T, kType>(&in, &value)) return false;
  AppendNumber(value, out);
  return true;
}

bool TakeEnum(CodedInputStream& in, const EnumDescriptor& type, std::string& out) {
  int number = 0;
  if (!WireFormatLite::ReadPrimitive<int, WireFormatLite::TYPE_ENUM>(&in, &number)) return false;
  AppendEnum(type, number, out);
  return true;
}

bool TakeText(CodedInputStream& in, std::string& out) {
  absl::string_view text;
  if (!TakeOctets(in, text)) return false;
  AppendJsonString(text, kUncut, out);
  return true;
}

bool TakeBytes(CodedInputStream& in, std::string& out) {
  absl::string_view octets;
  if (!TakeOctets(in, octets)) return false;
  absl::StrAppend(&out, "\"", absl::Base64Escape(octets), "\"");
  return true;
}

// A value other than a message.
bool TakeScalar(CodedInputStream& in, const Field& field, std::string& out) {
  switch (field.type) {
    case FieldDescriptor::TYPE_BOOL:
      return TakeNumber<bool, WireFormatLite::TYPE_BOOL>(in, out);
    case FieldDescriptor::TYPE_INT32:
      return TakeNumber<std::int32_t, WireFormatLite::TYPE_INT32>(in, out);
    case FieldDescriptor::TYPE_SINT32:
      return TakeNumber<std::int32_t, WireFormatLite::TYPE_SINT32>(in, out);
    case FieldDescriptor::TYPE_SFIXED32:
      return TakeNumber<std::int32_t, WireFormatLite::TYPE_SFIXED32>(in, out);
    case FieldDescriptor::TYPE_UINT32:
      return TakeNumber<std::uint32_t, WireFormatLite::TYPE_UINT32>(in, out);
    case FieldDescriptor::TYPE_FIXED32:
      return TakeNumber<std::uint32_t, WireFormatLite::TYPE_FIXED32>(in, out);
    case FieldDescriptor::TYPE_INT64:
      return TakeNumber<std::int64_t, WireFormatLite::TYPE_INT64>(in, out);
    case FieldDescriptor::TYPE_SINT64:
      return TakeNumber<std::int64_t, WireFormatLite::TYPE_SINT64>(in, out);
    case FieldDescriptor::TYPE_SFIXED64:
      return TakeNumber<std::int64_t, WireFormatLite::TYPE_SFIXED64>(in, out);
    case FieldDescriptor::TYPE_UINT64:
      return TakeNumber<std::uint64_t, WireFormatLite::TYPE_UINT64>(in, out);
    case FieldDescriptor::TYPE_FIXED64:
      return TakeNumber<std::uint64_t, WireFormatLite::TYPE_FIXED64>(in, out);
    case FieldDescriptor::TYPE_FLOAT:
      return TakeNumber<float, WireFormatLite::TYPE_FLOAT>(in, out);
    case FieldDescriptor::TYPE_DOUBLE:
      return TakeNumber<double, WireFormatLite::TYPE_DOUBLE>(in, out);
    case FieldDescriptor::TYPE_ENUM:
      return TakeEnum(in, *field.enumeration, out);
    case FieldDescriptor::TYPE_STRING:
      return TakeText(in, out);
    case FieldDescriptor::TYPE_BYTES:
      return TakeBytes(in, out);
    case FieldDescriptor::TYPE_MESSAGE:
    case FieldDescriptor::TYPE_GROUP:
      break;
  }
  return false;
}

absl::Status AppendMessage(absl::string_view octets, const MessagePlan& plan, std::string& out);

// One value of a field.
absl::Status AppendValue(CodedInputStream& in, const Field& field, std::string& out) {
  if (field.type != FieldDescriptor::TYPE_MESSAGE) {
    return TakeScalar(in, field, out) ? absl::OkStatus() : NotAsSerialized();
  }
  absl::string_view octets;
  if (!TakeOctets(in, octets)) return NotAsSerialized();
  return AppendMessage(octets, *field.message, out);
}

// The values of a field of numbers, which stand under one tag.
absl::Status AppendPacked(CodedInputStream& in, const Field& field, std::string& out) {
  absl::string_view octets;
  if (!TakeOctets(in, octets)) return NotAsSerialized();
  CodedInputStream values = StreamOf(octets);
  for (bool is_first = true; !values.ExpectAtEnd(); is_first = false) {
    if (!is_first) out += ',';
    MPIC_RETURN_IF_ERROR(AppendValue(values, field, out));
  }
  return absl::OkStatus();
}

// Keys are strings, whatever they are in the message.
absl::Status AppendMapEntry(CodedInputStream& in, const Field& field, std::string& out) {
  absl::string_view octets;
  if (!TakeOctets(in, octets)) return NotAsSerialized();
  CodedInputStream entry = StreamOf(octets);
  const Field& key = field.message->fields[0];
  const Field& value = field.message->fields[1];
  std::string name;
  if (entry.ReadTag() != key.tag) return NotAsSerialized();
  MPIC_RETURN_IF_ERROR(AppendValue(entry, key, name));
  const bool is_quoted = name.front() == '"';
  absl::StrAppend(&out, is_quoted ? "" : "\"", name, is_quoted ? ":" : "\":");
  if (entry.ReadTag() != value.tag) return NotAsSerialized();
  MPIC_RETURN_IF_ERROR(AppendValue(entry, value, out));
  return entry.ExpectAtEnd() ? absl::OkStatus() : NotAsSerialized();
}

// All values of a field, which follow each other; `tag` becomes that of what comes after them.
absl::Status AppendRepeated(CodedInputStream& in, const Field& field, std::uint32_t& tag,
                            std::string& out) {
  char before = field.is_map ? '{' : '[';
  for (; tag == field.tag; tag = in.ReadTag()) {
    out += std::exchange(before, ',');
    MPIC_RETURN_IF_ERROR(field.is_map      ? AppendMapEntry(in, field, out)
                         : field.is_packed ? AppendPacked(in, field, out)
                                           : AppendValue(in, field, out));
  }
  out += field.is_map ? '}' : ']';
  return absl::OkStatus();
}

absl::Status AppendFields(absl::string_view octets, const MessagePlan& plan, std::string& out) {
  CodedInputStream in = StreamOf(octets);
  const auto has = [](std::uint32_t tag) { return [tag](const Field& f) { return f.tag == tag; }; };
  auto next = plan.fields.begin();
  char before = '{';
  for (std::uint32_t tag = in.ReadTag(); tag != 0;) {
    const auto field = std::find_if(next, plan.fields.end(), has(tag));
    if (field == plan.fields.end()) {
      // Unknown, or else a field that occurs again or behind its place: a key must not come twice.
      if (std::any_of(plan.fields.begin(), next, has(tag))) return NotAsSerialized();
      if (!WireFormatLite::SkipField(&in, tag)) return NotAsSerialized();
      tag = in.ReadTag();
      continue;
    }
    out += std::exchange(before, ',');
    out += field->key;
    if (field->is_repeated) {
      MPIC_RETURN_IF_ERROR(AppendRepeated(in, *field, tag, out));
    } else {
      MPIC_RETURN_IF_ERROR(AppendValue(in, *field, out));
      tag = in.ReadTag();
    }
    next = field + 1;
  }
  out += before == '{' ? "{}" : "}";
  return in.ConsumedEntireMessage() ? absl::OkStatus() : NotAsSerialized();
}

// As deep as types stand in each other.
absl::Status AppendMessage(absl::string_view octets, const MessagePlan& plan, std::string& out) {
  switch (plan.kind) {
    case MessagePlan::Kind::kTimestamp:
      return AppendTime<Timestamp>(octets, out);
    case MessagePlan::Kind::kDuration:
      return AppendTime<Duration>(octets, out);
    case MessagePlan::Kind::kOther:
      return AppendFields(octets, plan, out);
  }
  return NotAsSerialized();
}

}  // namespace

absl::Status AppendProtoJson(const Descriptor& type, absl::string_view octets, std::string& out) {
  if (octets.size() > std::numeric_limits<int>::max()) return NotAsSerialized();
  return AppendMessage(octets, PlanOf(&type), out);
}

}  // namespace mpic
