#include <gtest/gtest.h>

#include "tests/coordinator/request_check_cases.h"

namespace mpic::coordinator {
namespace {

using Request = v1::CorroborateRequest;

TEST(RequestCheckTest, Contacts) {
  ExpectAll(
      RequestWorld(),
      {
          {"none selected", CaaEmailContact,
           [](Request& r) { CheckOf(r).mutable_caa_email_contact()->Clear(); }, nullptr, ""},
          {"vector 37: a display name", CaaEmailContact,
           [](Request& r) {
             CheckOf(r).mutable_caa_email_contact()->set_selected_contact(
                 "Ann <a@shop.example.com>");
           },
           "inputs[0].check.caa_email_contact.selected_contact", "not one email address"},
          {"vector 37: a list", TxtEmailContact,
           [](Request& r) {
             CheckOf(r).mutable_txt_email_contact()->set_selected_contact(
                 "a@x.example.com, b@x.example.com");
           },
           "inputs[0].check.txt_email_contact.selected_contact", "not one email address"},
          {"an address in UTF-8", TxtEmailContact,
           [](Request& r) {
             CheckOf(r).mutable_txt_email_contact()->set_selected_contact(
                 "j\xC3\xBCrgen@b\xC3\xBC"
                 "cher.example.com");
           },
           nullptr, ""},
          {"blanks are for CAA only", TxtPhoneContact,
           [](Request& r) {
             CheckOf(r).mutable_txt_phone_contact()->set_selected_contact("+1 555");
           },
           "inputs[0].check.txt_phone_contact.selected_contact", "not a global number"},
          {"vector 44: no plus", CaaPhoneContact,
           [](Request& r) {
             CheckOf(r).mutable_caa_phone_contact()->set_selected_contact("15551234567");
           },
           "inputs[0].check.caa_phone_contact.selected_contact", "not a global number"},
          {"vector 44: no digit", CaaPhoneContact,
           [](Request& r) { CheckOf(r).mutable_caa_phone_contact()->set_selected_contact("+"); },
           "inputs[0].check.caa_phone_contact.selected_contact", "not a global number"},
          {"a URI", CaaEmailContact,
           [](Request& r) {
             CheckOf(r).mutable_caa_email_contact()->set_selected_contact(
                 "mailto:a@shop.example.com");
           },
           "inputs[0].check.caa_email_contact.selected_contact", "not one email address"},
          {"a change of direction in an address", TxtEmailContact,
           [](Request& r) {
             CheckOf(r).mutable_txt_email_contact()->set_selected_contact("a\u202Eb@x.example.com");
           },
           "inputs[0].check.txt_email_contact.selected_contact", "not one email address"},
          {"vector 44: an extension", TxtPhoneContact,
           [](Request& r) {
             CheckOf(r).mutable_txt_phone_contact()->set_selected_contact("+1;ext=2");
           },
           "inputs[0].check.txt_phone_contact.selected_contact", "not a global number"},
      });
}

TEST(RequestCheckTest, ContactsBecomeCanonical) {
  Request email = TxtEmailContact();
  CheckOf(email).mutable_txt_email_contact()->set_selected_contact("A@B\u00DCcher.example.com");
  EXPECT_EQ(RequestWorld().Checked(email).inputs.at(0).check.txt_email_contact().selected_contact(),
            "A@xn--bcher-kva.example.com");
  EXPECT_EQ(RequestWorld()
                .Checked(CaaPhoneContact())
                .inputs.at(0)
                .check.caa_phone_contact()
                .selected_contact(),
            "+15551234567");
}

}  // namespace
}  // namespace mpic::coordinator
