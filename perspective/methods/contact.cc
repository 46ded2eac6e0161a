#include "perspective/methods/contact.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/challenge_name.h"
#include "common/contact.h"
#include "perspective/methods/authorization_domain.h"
#include "perspective/methods/challenge_records.h"
#include "perspective/methods/relevant_caa_set.h"
#include "perspective/rules/contact.h"

namespace mpic::perspective {
namespace {

using boost::asio::awaitable;

// Where one of the methods looks, and what it understands. Constants outlive every check.
struct ContactForm {
  absl::string_view place;  // CAA property tag, or label before the ADN
  ContactGrammar grammar;
};

constexpr ContactForm kCaaEmail{"contactemail", &CanonicalEmailAddress};
constexpr ContactForm kCaaPhone{"contactphone", &CanonicalSpacedPhoneNumber};
constexpr ContactForm kTxtEmail{kContactEmailLabel, &CanonicalEmailAddress};
constexpr ContactForm kTxtPhone{kContactPhoneLabel, &CanonicalPhoneNumber};

struct Question {
  DomainName adn;
  std::string selected;  // canonical; empty: any
};

// What is asked is read before anything is looked up.
awaitable<OrProblem<Question>> ReadQuestion(const v1::ContactLookup& lookup, ContactGrammar grammar,
                                            CheckRun& run) {
  std::string selected;
  if (!lookup.selected_contact().empty()) {
    absl::StatusOr<std::string> canonical = grammar(lookup.selected_contact());
    if (!canonical.ok()) {
      co_return Problem{v1::Problem::BAD_REQUEST,
                        absl::StrCat("selected_contact: ", canonical.status().message())};
    }
    selected = *std::move(canonical);
  }
  OrProblem<DomainName> adn = co_await FindAuthorizationDomainName(run);
  if (!adn.ok()) co_return std::move(adn).problem();
  co_return Question{.adn = *std::move(adn), .selected = std::move(selected)};
}

// `where` is for the sentence.
void Report(const PublishedContacts& contacts, const std::string& selected, absl::string_view where,
            CheckRun& run) {
  v1::ContactEvidence& evidence = *run.result.mutable_contact();
  for (const std::string& contact : contacts.usable) evidence.add_usable_contacts(contact);
  if (const std::optional<Problem> problem = RefuseContacts(contacts, selected)) {
    run.Refuse({problem->kind, absl::StrCat(where, ": ", problem->detail)});
    return;
  }
  run.Pass(selected);
}

void ReportSet(const RelevantCaaSet& set, const ContactForm& form, const Question& question,
               CheckRun& run) {
  const std::string found_at = set.found_at.has_value() ? set.found_at->text() : "";
  run.result.mutable_contact()->set_found_at(found_at);
  const std::string where =
      found_at.empty() ? absl::StrCat("no CAA records from ", question.adn.text(), " to its TLD")
                       : absl::StrCat("CAA ", form.place, " at ", found_at);
  Report(ReadContacts(ContactProperties(set.records, form.place), form.grammar), question.selected,
         where, run);
}

awaitable<void> CheckCaaContact(const ContactForm& form, const v1::ContactLookup& lookup,
                                CheckRun& run) {
  const OrProblem<Question> question = co_await ReadQuestion(lookup, form.grammar, run);
  if (!question.ok()) {
    run.Refuse(question.problem());
    co_return;
  }
  const OrProblem<RelevantCaaSet> set =
      co_await FindRelevantCaaSet(question->adn, run.senses.dns, run.result);
  if (!set.ok()) {
    run.Refuse(set.problem());
    if (set.problem().kind == v1::Problem::RECORD_MALFORMED) run.result.set_outcome(v1::ERROR);
    co_return;
  }
  ReportSet(*set, form, *question, run);
}

// A name without records is a domain without contacts.
Problem AsContactProblem(Problem problem) {
  if (problem.kind == v1::Problem::DNS_NXDOMAIN || problem.kind == v1::Problem::DNS_NODATA) {
    problem.kind = v1::Problem::CONTACT_NOT_FOUND;
  }
  return problem;
}

awaitable<void> CheckTxtContact(const ContactForm& form, const v1::ContactLookup& lookup,
                                CheckRun& run) {
  const OrProblem<Question> question = co_await ReadQuestion(lookup, form.grammar, run);
  if (!question.ok()) {
    run.Refuse(question.problem());
    co_return;
  }
  const absl::StatusOr<DomainName> name = question->adn.WithPrefix(form.place);
  if (!name.ok()) {
    run.Refuse({v1::Problem::BAD_REQUEST, std::string(name.status().message())});
    co_return;
  }
  const OrProblem<std::vector<std::string>> values = co_await FetchTxtValues(*name, run);
  if (!values.ok()) {
    run.Refuse(AsContactProblem(values.problem()));
    co_return;
  }
  run.result.mutable_contact()->set_found_at(name->text());
  Report(ReadContacts(*values, form.grammar), question->selected,
         absl::StrCat("TXT at ", name->text()), run);
}

}  // namespace

awaitable<void> CheckCaaEmailContact(CheckRun& run) {
  return CheckCaaContact(kCaaEmail, run.check.caa_email_contact(), run);
}

awaitable<void> CheckCaaPhoneContact(CheckRun& run) {
  return CheckCaaContact(kCaaPhone, run.check.caa_phone_contact(), run);
}

awaitable<void> CheckTxtEmailContact(CheckRun& run) {
  return CheckTxtContact(kTxtEmail, run.check.txt_email_contact(), run);
}

awaitable<void> CheckTxtPhoneContact(CheckRun& run) {
  return CheckTxtContact(kTxtPhone, run.check.txt_phone_contact(), run);
}

}  // namespace mpic::perspective
