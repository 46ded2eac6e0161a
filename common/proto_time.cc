#include "common/proto_time.h"

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mpic {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

bool IsTime(const Descriptor* type) {
  return type == google::protobuf::Timestamp::descriptor() ||
         type == google::protobuf::Duration::descriptor();
}

// The fields of a message type that are times or lead to some. Each thread finds out once.
// NOLINTNEXTLINE(misc-no-recursion): our messages do not contain themselves, so it ends.
const std::vector<const FieldDescriptor*>& FieldsWithTimes(const Descriptor* type) {
  // Places in it stay where they are.
  thread_local std::unordered_map<const Descriptor*, std::vector<const FieldDescriptor*>> known;
  if (const auto found = known.find(type); found != known.end()) return found->second;
  std::vector<const FieldDescriptor*> fields;
  for (int i = 0; i < type->field_count(); ++i) {
    const Descriptor* const inner = type->field(i)->message_type();
    if (inner == nullptr) continue;
    if (IsTime(inner) || !FieldsWithTimes(inner).empty()) fields.push_back(type->field(i));
  }
  return known[type] = std::move(fields);
}

}  // namespace

// google/protobuf/timestamp.proto: years 1 to 9999.
bool IsValid(const google::protobuf::Timestamp& timestamp) {
  return timestamp.seconds() >= -62'135'596'800 && timestamp.seconds() <= 253'402'300'799 &&
         timestamp.nanos() >= 0 && timestamp.nanos() <= 999'999'999;
}

// google/protobuf/duration.proto: about 10,000 years, the parts of one sign.
bool IsValid(const google::protobuf::Duration& duration) {
  const bool one_sign = duration.seconds() == 0 || duration.nanos() == 0 ||
                        (duration.seconds() < 0) == (duration.nanos() < 0);
  return one_sign && duration.seconds() >= -315'576'000'000 &&
         duration.seconds() <= 315'576'000'000 && duration.nanos() >= -999'999'999 &&
         duration.nanos() <= 999'999'999;
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  const timespec parts = absl::ToTimespec(time);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(parts.tv_sec);
  timestamp.set_nanos(static_cast<std::int32_t>(parts.tv_nsec));
  return timestamp;
}

absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

google::protobuf::Duration ToProtoDuration(absl::Duration duration) {
  google::protobuf::Duration proto;
  proto.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &duration));
  proto.set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(duration)));
  return proto;
}

absl::Duration FromProtoDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

// NOLINTNEXTLINE(misc-no-recursion): our messages do not contain themselves, so it ends.
bool AllTimesAreValid(const google::protobuf::Message& message) {
  if (message.GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
    return IsValid(static_cast<const google::protobuf::Timestamp&>(message));
  }
  if (message.GetDescriptor() == google::protobuf::Duration::descriptor()) {
    return IsValid(static_cast<const google::protobuf::Duration&>(message));
  }
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  for (const FieldDescriptor* field : FieldsWithTimes(message.GetDescriptor())) {
    if (!field->is_repeated()) {
      if (reflection.HasField(message, field) &&
          !AllTimesAreValid(reflection.GetMessage(message, field))) {
        return false;
      }
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (!AllTimesAreValid(reflection.GetRepeatedMessage(message, field, i))) return false;
    }
  }
  return true;
}

}  // namespace mpic
