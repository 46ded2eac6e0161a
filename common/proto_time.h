// absl times and their protobuf well-known types.
#ifndef MPIC_COMMON_PROTO_TIME_H_
#define MPIC_COMMON_PROTO_TIME_H_

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include "absl/time/time.h"

namespace mpic {

// Finite values within the protobuf types' range (years 1 to 9999); others are clamped by absl.
google::protobuf::Timestamp ToTimestamp(absl::Time time);
absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp);
google::protobuf::Duration ToProtoDuration(absl::Duration duration);
absl::Duration FromProtoDuration(const google::protobuf::Duration& duration);

// True within the type's range.
bool IsValid(const google::protobuf::Timestamp& timestamp);
bool IsValid(const google::protobuf::Duration& duration);
// True when every Timestamp and Duration in `message`, at any depth, is within its type's range.
// One that is not cannot be written as JSON.
bool AllTimesAreValid(const google::protobuf::Message& message);

}  // namespace mpic

#endif  // MPIC_COMMON_PROTO_TIME_H_
