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
using google::protobuf::Message;

// Where in the messages of a type times are: what descriptors would be asked for each time.
struct TimePlan {
  struct Field {
    const FieldDescriptor* descriptor = nullptr;
    bool is_repeated = false;
    const TimePlan* message = nullptr;
  };
  enum class Kind { kTimestamp, kDuration, kOther };
  Kind kind = Kind::kOther;
  std::vector<Field> fields;  // those that are times or lead to some
};

TimePlan::Kind KindOf(const Descriptor* type) {
  if (type == google::protobuf::Timestamp::descriptor()) return TimePlan::Kind::kTimestamp;
  return type == google::protobuf::Duration::descriptor() ? TimePlan::Kind::kDuration
                                                          : TimePlan::Kind::kOther;
}

// Each thread finds out once. Our messages do not contain themselves, so it ends.
const TimePlan& PlanOf(const Descriptor* type) {
  // Places in it stay where they are.
  thread_local std::unordered_map<const Descriptor*, TimePlan> plans;
  if (const auto found = plans.find(type); found != plans.end()) return found->second;
  TimePlan plan{.kind = KindOf(type)};
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* const field = type->field(i);
    if (field->message_type() == nullptr) continue;
    const TimePlan& inner = PlanOf(field->message_type());
    if (inner.kind == TimePlan::Kind::kOther && inner.fields.empty()) continue;
    plan.fields.push_back(
        {.descriptor = field, .is_repeated = field->is_repeated(), .message = &inner});
  }
  return plans[type] = std::move(plan);
}

bool AllTimesAreValid(const Message& message, const TimePlan& plan) {
  switch (plan.kind) {
    case TimePlan::Kind::kTimestamp:
      return IsValid(static_cast<const google::protobuf::Timestamp&>(message));
    case TimePlan::Kind::kDuration:
      return IsValid(static_cast<const google::protobuf::Duration&>(message));
    case TimePlan::Kind::kOther:
      break;
  }
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  for (const auto& [field, is_repeated, inner] : plan.fields) {
    if (!is_repeated) {
      if (reflection.HasField(message, field) &&
          !AllTimesAreValid(reflection.GetMessage(message, field), *inner)) {
        return false;
      }
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (!AllTimesAreValid(reflection.GetRepeatedMessage(message, field, i), *inner)) return false;
    }
  }
  return true;
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

bool AllTimesAreValid(const Message& message) {
  return AllTimesAreValid(message, PlanOf(message.GetDescriptor()));
}

}  // namespace mpic
