// Messages as fuzz targets read them.
#ifndef MPIC_TESTS_FUZZ_READ_MESSAGE_H_
#define MPIC_TESTS_FUZZ_READ_MESSAGE_H_

#include <google/protobuf/message.h>

#include "absl/strings/string_view.h"

namespace mpic::fuzz {

// Reads protobuf's text format, which is mutated better than octets, and lets through what octets
// on the wire can carry: strings are UTF-8.
bool ReadMessage(absl::string_view text, google::protobuf::Message& message);

}  // namespace mpic::fuzz

#endif  // MPIC_TESTS_FUZZ_READ_MESSAGE_H_
