#include "common/config_yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <exception>
#include <sstream>
#include <utility>

#include "absl/strings/escaping.h"

namespace mpic {
namespace {

constexpr std::size_t kDepthMax = 32;

// Builds the tree from the parser's events. The path from the root to the open node is held as
// nodes under construction, so that no pointer into a growing vector is kept.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::vector<ConfigViolation>& violations) : violations_(violations) {}

  ConfigNode TakeRoot() { return std::move(root_); }
  bool IsRefusedAsSeveral() const { return documents_ > 1; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 2) Refuse(mark, "only one document is allowed in a file");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    Add(Node(ConfigNode::Kind::kNull, mark));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Refuse(mark, "aliases (*name) are not allowed");
    Add(Node(ConfigNode::Kind::kNull, mark));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    ConfigNode node = Node(ConfigNode::Kind::kScalar, mark);
    node.text = value;
    node.quoted = tag == "!";
    if (tag != "!") RefuseTag(mark, tag);
    Add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    Open(ConfigNode::Kind::kList, mark, tag);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    Open(ConfigNode::Kind::kMap, mark, tag);
  }
  void OnMapEnd() override { Close(); }

 private:
  static ConfigNode Node(ConfigNode::Kind kind, const YAML::Mark& mark) {
    ConfigNode node;
    node.kind = kind;
    node.line = mark.line + 1;
    return node;
  }

  void Refuse(const YAML::Mark& mark, std::string rule) {
    violations_.push_back({mark.line + 1, "", std::move(rule)});
  }

  // The parser says "?" where the file has no tag.
  void RefuseTag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?")
      Refuse(mark, "tags (" + absl::CHexEscape(tag) + ") are not allowed");
  }

  void Open(ConfigNode::Kind kind, const YAML::Mark& mark, const std::string& tag) {
    if (open_.size() >= kDepthMax) throw YAML::ParserException(mark, "nested too deeply");
    RefuseTag(mark, tag);
    open_.push_back(Node(kind, mark));
  }

  void Close() {
    ConfigNode node = std::move(open_.back());
    open_.pop_back();
    Add(std::move(node));
  }

  void Add(ConfigNode node) {
    if (open_.empty()) {
      if (documents_ == 1) root_ = std::move(node);
      return;
    }
    ConfigNode& parent = open_.back();
    const bool is_key =
        parent.kind == ConfigNode::Kind::kMap && parent.keys.size() == parent.items.size();
    (is_key ? parent.keys : parent.items).push_back(std::move(node));
  }

  std::vector<ConfigViolation>& violations_;
  ConfigNode root_;
  std::vector<ConfigNode> open_;
  int documents_ = 0;
};

}  // namespace

ConfigNode ParseConfigYaml(const std::string& text, std::vector<ConfigViolation>& violations) {
  TreeBuilder builder(violations);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    // Where a document begins with a comma, yaml-cpp gives out empty ones for ever.
    while (!builder.IsRefusedAsSeveral() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    violations.push_back({error.mark.line + 1, "", "not YAML: " + absl::CHexEscape(error.msg)});
  } catch (const std::exception& error) {
    violations.push_back({1, "", "not YAML: " + absl::CHexEscape(error.what())});
  }
  return builder.TakeRoot();
}

}  // namespace mpic
