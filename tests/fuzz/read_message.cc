#include "tests/fuzz/read_message.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <memory>
#include <string>

namespace mpic::fuzz {
namespace {

class SilentCollector final : public google::protobuf::io::ErrorCollector {
  void AddError(int /*line*/, int /*column*/, const std::string& /*message*/) override {}
};

}  // namespace

bool ReadMessage(absl::string_view text, google::protobuf::Message& message) {
  google::protobuf::TextFormat::Parser parser;
  SilentCollector silent;
  parser.SetRecursionLimit(16);
  parser.RecordErrorsTo(&silent);
  const std::unique_ptr<google::protobuf::Message> read(message.New());
  return parser.ParseFromString(std::string(text), read.get()) &&
         message.ParseFromString(read->SerializeAsString());
}

}  // namespace mpic::fuzz
