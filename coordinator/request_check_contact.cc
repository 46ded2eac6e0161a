// BR 3.2.2.4.13, .14 (email) and .16, .17 (phone).
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/contact.h"
#include "coordinator/request_check_methods.h"
#include "coordinator/request_check_values.h"

namespace mpic::coordinator {
namespace {

struct ContactForm {
  absl::StatusOr<std::string> (*canonical)(absl::string_view text);
  absl::string_view title;
};

ContactForm FormOf(v1::Method method) {
  switch (method) {
    case v1::CAA_PHONE_CONTACT:  // BR A.1.2 lets the CAA property hold blanks
      return {CanonicalSpacedPhoneNumber, "a global number (RFC 3966)"};
    case v1::TXT_PHONE_CONTACT:
      return {CanonicalPhoneNumber, "a global number without blanks (RFC 3966)"};
    default:
      return {CanonicalEmailAddress, "one email address (RFC 6532)"};
  }
}

}  // namespace

void CheckContactLookup(v1::ContactLookup& lookup, v1::Method method, const Field& field) {
  const std::string& contact = lookup.selected_contact();
  if (contact.empty()) return;
  const ContactForm form = FormOf(method);
  absl::StatusOr<std::string> canonical = form.canonical(contact);
  if (canonical.ok()) {
    lookup.set_selected_contact(*std::move(canonical));
  } else {
    field["selected_contact"].Refuse(
        absl::StrCat(Quoted(contact), " is not ", form.title, ": ", canonical.status().message()));
  }
}

}  // namespace mpic::coordinator
