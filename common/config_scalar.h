// One value of a configuration file put into one field of a message.
#ifndef MPIC_COMMON_CONFIG_SCALAR_H_
#define MPIC_COMMON_CONFIG_SCALAR_H_

#include <google/protobuf/message.h>

#include <string>

namespace mpic {

// Durations are messages that are written as one value.
bool IsDuration(const google::protobuf::FieldDescriptor& field);

// Sets `field` of `message` to what `text` says, or adds it when repeated. Returns the rule that it
// violates, empty for none. Numbers and booleans in quotes are texts.
std::string SetConfigScalar(const std::string& text, bool quoted,
                            google::protobuf::Message& message,
                            const google::protobuf::FieldDescriptor& field);

}  // namespace mpic

#endif  // MPIC_COMMON_CONFIG_SCALAR_H_
