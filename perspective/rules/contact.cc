#include "perspective/rules/contact.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace mpic::perspective {

PublishedContacts ReadContacts(absl::Span<const std::string> values, ContactGrammar grammar) {
  PublishedContacts contacts;
  for (const std::string& value : values) {
    absl::StatusOr<std::string> contact = grammar(value);
    if (contact.ok()) {
      contacts.usable.push_back(*std::move(contact));
    } else if (contacts.unusable++ == 0) {
      contacts.broken_rule = std::string(contact.status().message());
    }
  }
  std::sort(contacts.usable.begin(), contacts.usable.end());
  contacts.usable.erase(std::unique(contacts.usable.begin(), contacts.usable.end()),
                        contacts.usable.end());
  return contacts;
}

std::vector<std::string> ContactProperties(absl::Span<const CaaRecord> set, absl::string_view tag) {
  std::vector<std::string> values;
  for (const CaaRecord& record : set) {
    if (record.HasTag(tag)) values.push_back(record.value);
  }
  return values;
}

std::optional<Problem> RefuseContacts(const PublishedContacts& contacts,
                                      const std::string& selected) {
  if (contacts.usable.empty() && contacts.unusable == 0) {
    return Problem{v1::Problem::CONTACT_NOT_FOUND, "no contact is published"};
  }
  if (contacts.usable.empty()) {
    return Problem{v1::Problem::CONTACT_INVALID,
                   absl::StrCat("none of ", contacts.unusable,
                                " record(s) is exactly one contact: ", contacts.broken_rule)};
  }
  if (selected.empty() ||
      std::binary_search(contacts.usable.begin(), contacts.usable.end(), selected)) {
    return std::nullopt;
  }
  return Problem{
      v1::Problem::CONTACT_DIFFERS,
      absl::StrCat("the selected contact is none of ", contacts.usable.size(), " usable one(s)")};
}

}  // namespace mpic::perspective
