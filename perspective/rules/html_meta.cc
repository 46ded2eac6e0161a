#include "perspective/rules/html_meta.h"

#include <gumbo.h>

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "perspective/rules/challenge_value.h"

namespace mpic::perspective {
namespace {

Problem Mismatch(absl::string_view reason) {
  return {v1::Problem::BODY_MISMATCH, absl::StrCat("look for the value in a meta tag: ", reason)};
}

// Where Gumbo's tree lives. Gumbo knows no bound and cannot be told that memory has run out, so it
// is left by longjmp, which skips nothing but its own C frames. The tree goes all at once: Gumbo's
// destructor would recurse as deep as the page nests.
struct TreeMemory {
  std::unique_ptr<char[]> octets = std::make_unique_for_overwrite<char[]>(kHtmlTreeOctetsMax);
  std::size_t used = 0;
  std::jmp_buf exhausted;
};

void* Take(void* memory, std::size_t octets) {
  constexpr std::size_t kAlignment = alignof(std::max_align_t);
  TreeMemory& tree = *static_cast<TreeMemory*>(memory);
  if (octets > kHtmlTreeOctetsMax - tree.used) std::longjmp(tree.exhausted, 1);
  char* taken = tree.octets.get() + tree.used;
  const std::size_t padded = (octets + kAlignment - 1) / kAlignment * kAlignment;
  tree.used = std::min(tree.used + padded, kHtmlTreeOctetsMax);
  return taken;
}

void GiveBackNothing(void*, void*) {}

// The tree in `memory`; nullptr: it does not fit.
const GumboOutput* ParseInto(TreeMemory& memory, absl::string_view html) {
  GumboOptions options = kGumboDefaultOptions;
  options.allocator = Take;
  options.deallocator = GiveBackNothing;
  options.userdata = &memory;
  options.max_errors = 0;
  if (setjmp(memory.exhausted) != 0) return nullptr;
  return gumbo_parse_with_options(&options, html.data(), html.size());
}

bool IsMetaWith(const GumboElement& element, absl::string_view token) {
  if (element.tag != GUMBO_TAG_META || element.tag_namespace != GUMBO_NAMESPACE_HTML) return false;
  const GumboAttribute* content = gumbo_get_attribute(&element.attributes, "content");
  return content != nullptr && ContainsToken(content->value, token);
}

// In document order, without recursion: a page may nest as deep as it has tags. A template is a
// type of node of its own.
const GumboElement* FindMeta(const GumboNode* root, absl::string_view token) {
  std::vector<const GumboNode*> waiting = {root};
  while (!waiting.empty()) {
    const GumboNode* node = waiting.back();
    waiting.pop_back();
    if (node->type != GUMBO_NODE_ELEMENT) continue;
    const GumboElement& element = node->v.element;
    if (element.tag == GUMBO_TAG_NOSCRIPT) continue;
    if (IsMetaWith(element, token)) return &element;
    for (unsigned left = element.children.length; left > 0; --left) {
      waiting.push_back(static_cast<const GumboNode*>(element.children.data[left - 1]));
    }
  }
  return nullptr;
}

}  // namespace

OrProblem<std::size_t> FindInMetaTag(absl::string_view html, absl::string_view token) {
  if (std::ranges::count(html, '<') > static_cast<std::ptrdiff_t>(kHtmlTagsMax)) {
    return Mismatch(absl::StrCat("the page has more than ", kHtmlTagsMax, " tags"));
  }
  TreeMemory memory;
  const GumboOutput* page = ParseInto(memory, html);
  if (page == nullptr) {
    return Mismatch(
        absl::StrCat("the page takes more than ", kHtmlTreeOctetsMax >> 20, " MiB to parse"));
  }
  const GumboElement* meta = FindMeta(page->root, token);
  if (meta == nullptr) return Mismatch("no meta tag of the page has it in its content");
  return std::size_t{meta->start_pos.offset};
}

}  // namespace mpic::perspective
