#include "common/reload_check.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace mpic {
namespace {

using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

bool LiesIn(const std::string& path, const std::string& field) {
  return path == field || absl::StartsWith(path, field + ".");
}

// Gathers the paths of what differs, without the places in lists.
class Paths final : public MessageDifferencer::Reporter {
 public:
  using Path = std::vector<MessageDifferencer::SpecificField>;

  void ReportAdded(const Message& /*now*/, const Message& /*next*/, const Path& path) override {
    Add(path);
  }
  void ReportDeleted(const Message& /*now*/, const Message& /*next*/, const Path& path) override {
    Add(path);
  }
  void ReportModified(const Message& /*now*/, const Message& /*next*/, const Path& path) override {
    Add(path);
  }
  // Those that lead to a value; the messages around it are reported as well.
  std::vector<std::string> leaves() const {
    std::vector<std::string> leaves;
    for (const std::string& path : all_) {
      const auto inner = all_.lower_bound(path + ".");
      if (inner == all_.end() || !LiesIn(*inner, path)) leaves.push_back(path);
    }
    return leaves;
  }

 private:
  void Add(const Path& path) {
    all_.insert(absl::StrJoin(
        path, ".", [](std::string* out, const MessageDifferencer::SpecificField& part) {
          absl::StrAppend(out, part.field != nullptr ? part.field->name() : "?");
        }));
  }

  std::set<std::string> all_;
};

}  // namespace

std::vector<std::string> ChangedFields(const Message& now, const Message& next) {
  Paths paths;
  // The one names the fields of a message that is not set on the other side, the other also a
  // message that is there and empty.
  for (const auto comparison : {MessageDifferencer::EQUIVALENT, MessageDifferencer::EQUAL}) {
    MessageDifferencer differencer;
    differencer.set_message_field_comparison(comparison);
    differencer.ReportDifferencesTo(&paths);
    differencer.Compare(now, next);
  }
  return paths.leaves();
}

absl::Status CheckReload(const Message& now, const Message& next,
                         const std::vector<std::string>& reloadable) {
  std::vector<std::string> lines;
  for (const std::string& path : ChangedFields(now, next)) {
    const bool may_differ =
        std::any_of(reloadable.begin(), reloadable.end(),
                    [&](const std::string& field) { return LiesIn(path, field); });
    if (!may_differ) lines.push_back(absl::StrCat(path, ": takes effect on restart only"));
  }
  if (lines.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrJoin(lines, "\n"));
}

}  // namespace mpic
