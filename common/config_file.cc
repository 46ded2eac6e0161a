#include "common/config_file.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "common/config_scalar.h"
#include "common/config_yaml.h"
#include "common/file_text.h"

namespace mpic {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Keys may be anything, so far; they are shown.
std::string Join(const std::string& path, absl::string_view key) {
  return absl::StrCat(path, path.empty() ? "" : ".", absl::CHexEscape(key));
}

std::string FieldNames(const Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
  return absl::StrJoin(names, ", ");
}

// Walks tree and message together. Recursion is bounded by the tree's depth.
class MessageReader {
 public:
  explicit MessageReader(std::vector<ConfigViolation>& violations) : violations_(violations) {}

  void ReadMessage(const ConfigNode& node, const std::string& path, Message& message) {
    if (node.kind == ConfigNode::Kind::kNull) return;
    if (node.kind != ConfigNode::Kind::kMap) {
      return Refuse(node, path, "must be a mapping of keys to values");
    }
    std::set<std::string> seen;
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      const ConfigNode& key = node.keys[i];
      const std::string key_path = Join(path, key.text);
      const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(key.text);
      if (key.kind != ConfigNode::Kind::kScalar) {
        Refuse(key, path, "keys must be plain text");
      } else if (field == nullptr) {
        Refuse(key, key_path,
               absl::StrCat("unknown key; known here: ", FieldNames(*message.GetDescriptor())));
      } else if (!seen.insert(key.text).second) {
        Refuse(key, key_path, "duplicate key");
      } else {
        ReadField(node.items[i], key_path, message, *field);
      }
    }
  }

 private:
  void Refuse(const ConfigNode& node, const std::string& path, std::string rule) {
    violations_.push_back({node.line, path, std::move(rule)});
  }

  void ReadField(const ConfigNode& node, const std::string& path, Message& message,
                 const FieldDescriptor& field) {
    if (node.kind == ConfigNode::Kind::kNull) return;
    if (!field.is_repeated()) return ReadValue(node, path, message, field);
    if (field.is_map()) return ReadMap(node, path, message, field);
    if (node.kind != ConfigNode::Kind::kList) return Refuse(node, path, "must be a list");
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const std::string item_path = absl::StrCat(path, "[", i, "]");
      if (node.items[i].kind == ConfigNode::Kind::kNull) {
        Refuse(node.items[i], item_path, "must not be empty");
      } else {
        ReadValue(node.items[i], item_path, message, field);
      }
    }
  }

  void ReadMap(const ConfigNode& node, const std::string& path, Message& message,
               const FieldDescriptor& field) {
    if (node.kind != ConfigNode::Kind::kMap) {
      return Refuse(node, path, "must be a mapping of keys to values");
    }
    std::set<std::string> seen;
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      const ConfigNode& key = node.keys[i];
      const std::string key_path = Join(path, key.text);
      if (key.kind != ConfigNode::Kind::kScalar) {
        Refuse(key, path, "keys must be plain text");
      } else if (!seen.insert(key.text).second) {
        Refuse(key, key_path, "duplicate key");
      } else if (node.items[i].kind == ConfigNode::Kind::kNull) {
        Refuse(key, key_path, "must not be empty");
      } else {
        Message& entry = *message.GetReflection()->AddMessage(&message, &field);
        ReadValue(key, key_path, entry, *field.message_type()->map_key());
        ReadValue(node.items[i], key_path, entry, *field.message_type()->map_value());
      }
    }
  }

  void ReadValue(const ConfigNode& node, const std::string& path, Message& message,
                 const FieldDescriptor& field) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !IsDuration(field)) {
      const google::protobuf::Reflection& reflection = *message.GetReflection();
      Message& child = field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                           : *reflection.MutableMessage(&message, &field);
      return ReadMessage(node, path, child);
    }
    if (node.kind != ConfigNode::Kind::kScalar) return Refuse(node, path, "must be a single value");
    std::string rule = SetConfigScalar(node.text, node.quoted, message, field);
    if (!rule.empty()) Refuse(node, path, std::move(rule));
  }

  std::vector<ConfigViolation>& violations_;
};

}  // namespace

absl::Status LoadConfigText(const std::string& text, const std::string& source_name,
                            Message& config) {
  config.Clear();
  std::vector<ConfigViolation> violations;
  const ConfigNode root = ParseConfigYaml(text, violations);
  if (violations.empty()) MessageReader(violations).ReadMessage(root, "", config);
  if (violations.empty()) return absl::OkStatus();

  std::sort(violations.begin(), violations.end(), [](const auto& a, const auto& b) {
    return std::tie(a.line, a.path, a.rule) < std::tie(b.line, b.path, b.rule);
  });
  return absl::InvalidArgumentError(
      absl::StrJoin(violations, "\n", [&](std::string* out, const ConfigViolation& violation) {
        absl::StrAppend(out, source_name, ":", violation.line, ": ", violation.path,
                        violation.path.empty() ? "" : ": ", violation.rule);
      }));
}

absl::Status LoadConfigFile(const std::string& path, Message& config) {
  const absl::StatusOr<std::string> text = ReadFileText(path, kConfigBytesMax);
  if (!text.ok()) return text.status();
  return LoadConfigText(*text, path, config);
}

std::string ConfigToJson(const google::protobuf::Message& config) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = true;
  std::string json;
  // Fails only for an Any of an unknown type, and no configuration has one.
  (void)google::protobuf::util::MessageToJsonString(config, &json, options);
  return json;
}

}  // namespace mpic
