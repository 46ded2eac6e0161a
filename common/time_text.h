// Times of protobuf as text, as its JSON mapping has them, without the quotes. As few of 3, 6 or 9
// digits tell the fraction of a second as can, and none tells zero.
#ifndef MPIC_COMMON_TIME_TEXT_H_
#define MPIC_COMMON_TIME_TEXT_H_

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <string>

namespace mpic {

// Both are for what IsValid (common/proto_time.h) holds of.
// RFC 3339 in UTC: 2026-02-28T00:00:00.000010Z
void AppendTimeText(const google::protobuf::Timestamp& time, std::string& out);
// Seconds: -1.500s
void AppendTimeText(const google::protobuf::Duration& duration, std::string& out);

}  // namespace mpic

#endif  // MPIC_COMMON_TIME_TEXT_H_
