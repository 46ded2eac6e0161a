// Contacts, challenge values and file names: what applicants and RAs write in plain text.
//   input: values, one a line
#include "common/contact.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/challenge.h"
#include "common/well_known_path.h"
#include "perspective/rules/challenge_value.h"
#include "perspective/rules/contact.h"
#include "tests/fuzz/fuzz_target.h"

namespace mpic::fuzz {
namespace {

void TryContacts(const std::vector<std::string>& values, perspective::ContactGrammar grammar) {
  const perspective::PublishedContacts contacts = perspective::ReadContacts(values, grammar);
  Require(contacts.usable.size() + contacts.unusable <= values.size(), "no record is two contacts");
  Require(std::ranges::is_sorted(contacts.usable), "contacts are sorted");
  Require(contacts.unusable == 0 || IsShowable(contacts.broken_rule), "a broken rule can be shown");
  for (const std::string& contact : contacts.usable) {
    Require(IsShowable(contact), "a contact can be shown");
    const auto again = grammar(contact);
    Require(again.ok() && *again == contact, "a canonical contact is its own canonical form");
    Require(!RefuseContacts(contacts, contact).has_value(), "what is published is found");
  }
  const auto problem = RefuseContacts(contacts, "nobody at all");
  Require(problem.has_value(), "what is not published is not found");
  RequireSound(*problem);
}

void TrySameness(const std::string& value) {
  const auto email = CanonicalEmailAddress(value);
  Require(!email.ok() || (SameEmailAddress(value, *email) && !SamePhoneNumber(value, value)),
          "an email address is the same as its canonical form, and no phone number");
  const auto phone = CanonicalSpacedPhoneNumber(value);
  Require(!phone.ok() || SamePhoneNumber(value, *phone), "a phone number is its canonical form");
}

void TryChallenge(const std::string& value) {
  const auto key_authorization = KeyAuthorization::Parse(value);
  Require(!key_authorization.ok() || key_authorization->text() == value,
          "a key authorization is its text");
  const std::string around = absl::StrCat("https://shop.example.com/", value, "?");
  Require(value.empty() || OccursInRequest(around, value), "what stands in a URL occurs there");
  const absl::string_view trimmed = perspective::TrimTrailingWhitespace(value);
  Require(absl::StartsWith(value, trimmed) &&
              perspective::TrimTrailingWhitespace(trimmed).size() == trimmed.size(),
          "trimming is done once");
}

void TryFile(const std::string& value) {
  const auto file = NormalizePkiValidationFile(value);
  if (!file.ok()) return Require(IsShowable(file.status().message()), "a refusal can be shown");
  Require(!file->empty() && IsPrintableAscii(*file, kPkiValidationFileOctetsMax),
          "a file name is short printable ASCII");
  const auto again = NormalizePkiValidationFile(*file);
  Require(again.ok() && *again == *file, "a normal file name stays");
  for (const absl::string_view segment : absl::StrSplit(*file, '/')) {
    Require(segment != "" && segment != "." && segment != "..", "a file name has plain segments");
  }
}

}  // namespace

MPIC_FUZZ_TARGET(contact) {
  const std::vector<std::string> values = input.Lines(8);
  for (const auto grammar :
       {CanonicalEmailAddress, CanonicalPhoneNumber, CanonicalSpacedPhoneNumber}) {
    TryContacts(values, grammar);
  }
  for (const std::string& value : values) {
    TrySameness(value);
    TryChallenge(value);
    TryFile(value);
  }
}

}  // namespace mpic::fuzz
