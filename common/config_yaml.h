// YAML text as a tree that remembers lines. The restricted YAML of configuration files: one
// document, no aliases (so no tree is larger than its text), no tags, no keys but plain text.
#ifndef MPIC_COMMON_CONFIG_YAML_H_
#define MPIC_COMMON_CONFIG_YAML_H_

#include <string>
#include <vector>

namespace mpic {

struct ConfigNode {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  int line = 0;                   // from 1
  std::string text;               // of a scalar
  bool quoted = false;            // a scalar written in quotes
  std::vector<ConfigNode> keys;   // of a map, in order, duplicates included
  std::vector<ConfigNode> items;  // values of a map beside their keys, or elements of a list
};

// What is wrong at a line; `path` is empty where the YAML itself is.
struct ConfigViolation {
  int line = 0;
  std::string path;
  std::string rule;
};

// The root of the document in `text`; a null node for an empty one. Violations are appended, and
// with any of them the tree is not to be used. Never throws.
ConfigNode ParseConfigYaml(const std::string& text, std::vector<ConfigViolation>& violations);

}  // namespace mpic

#endif  // MPIC_COMMON_CONFIG_YAML_H_
