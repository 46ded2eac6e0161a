#include "perspective/rules/issue_value.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace mpic::perspective {
namespace {

// Every part in brackets, so that a case shows at a glance what was understood.
std::string Understood(const std::string& text) {
  const std::optional<IssueValue> value = ParseIssueValue(text);
  if (!value.has_value()) return "malformed";
  std::string shown = absl::StrCat("[", value->domain, "]");
  for (const IssueParameter& parameter : value->parameters) {
    absl::StrAppend(&shown, " ", parameter.tag, "=[", parameter.value, "]");
  }
  return shown;
}

TEST(IssueValueTest, Grammar) {
  const struct {
    const char* name;
    std::string input;
    const char* expected;
  } cases[] = {
      {"vector 100: a domain", "ca.example.com", "[ca.example.com]"},
      {"vector 100: blanks around it", " ca.example.com ", "[ca.example.com]"},
      {"vector 100: trailing semicolon", "ca.example.com;", "[ca.example.com]"},
      {"vector 100: blanks everywhere", "ca.example.com ; a = b", "[ca.example.com] a=[b]"},
      {"vector 101: empty", "", "[]"},
      {"vector 101: blanks only", " \t ", "[]"},
      {"vector 101: semicolon only", ";", "[]"},
      {"vector 101: semicolon in blanks", " ; ", "[]"},
      {"vector 101: parameter without domain", "; a=b", "[] a=[b]"},
      {"vector 103: empty parameter value", "ca.example.com; a=", "[ca.example.com] a=[]"},
      {"vector 103: hyphen in a parameter tag", "; a-b=c", "[] a-b=[c]"},
      {"vector 103: quotes are octets like others", "; u=\"x\"", "[] u=[\"x\"]"},
      {"vector 104: tag starts with a hyphen", "ca.example.com; -a=b", "malformed"},
      {"vector 104: tag ends with a hyphen", "ca.example.com; a-=b", "malformed"},
      {"vector 104: underscore in a tag", "ca.example.com; a_b=c", "malformed"},
      {"vector 104: percent signs", "%%%%%", "malformed"},
      {"vector 104: literal quotes around the domain", "\"ca.example.com\"", "malformed"},
      {"vector 104: CRLF at the end", "ca.example.com\r\n", "malformed"},
      {"vector 104: LF after a parameter", "ca.example.com; a=b\n", "malformed"},
      {"vector 104: NUL at the end", std::string("ca.example.com\0", 15), "malformed"},
      {"vector 106: double hyphen", "ca--x.example.com", "[ca--x.example.com]"},
      {"vector 106: A-label", "xn--bcher-kva.example.com", "[xn--bcher-kva.example.com]"},
      {"two parameters", "ca.example.com; a=1;b=2", "[ca.example.com] a=[1] b=[2]"},
      {"equals sign in a value", "; a=b=c", "[] a=[b=c]"},
      {"the lowest and highest value octets", "; a=!~:<", "[] a=[!~:<]"},
      {"blanks after the last parameter", "; a=b \t", "[] a=[b]"},
      {"single label", "ca", "[ca]"},
      {"case is kept", "CA.Example.com; AccountURI=X", "[CA.Example.com] AccountURI=[X]"},
      {"no limit of 63 or 255 here", std::string(300, 'a'), nullptr},
      {"trailing semicolon after a parameter", "a.example; x=y;", "malformed"},
      {"and with blanks", "a.example; x=y ; ", "malformed"},
      {"two semicolons", "a.example;;", "malformed"},
      {"trailing dot", "ca.example.com.", "malformed"},
      {"empty label", "ca..example.com", "malformed"},
      {"leading dot", ".example.com", "malformed"},
      {"underscore in the domain", "_ca.example.com", "malformed"},
      {"label starts with a hyphen", "ca.-example.com", "malformed"},
      {"label ends with a hyphen", "ca-.example.com", "malformed"},
      {"two words", "ca example", "malformed"},
      {"no equals sign", "ca.example.com; a", "malformed"},
      {"no tag", "ca.example.com; =b", "malformed"},
      {"blank inside a value", "ca.example.com; a=b c", "malformed"},
      {"U-label",
       "b\xc3\xbc"
       "cher.example.com",
       "malformed"},
      {"octet above ASCII in a value", "; a=\xff", "malformed"},
      {"DEL in a value", "; a=\x7f", "malformed"},
      {"comma instead of semicolon", "ca.example.com, a=b", "malformed"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const std::string expected =
        c.expected != nullptr ? c.expected : absl::StrCat("[", c.input, "]");
    EXPECT_EQ(Understood(c.input), expected);
  }
}

TEST(IssueValueTest, ManyParametersAreReadInOnePass) {
  std::string text = "ca.example.com; a=b";
  for (int i = 0; i < 20'000; ++i) absl::StrAppend(&text, ";a=b");
  ASSERT_TRUE(ParseIssueValue(text).has_value());
  EXPECT_EQ(ParseIssueValue(text)->parameters.size(), 20'001U);
}

TEST(IssueValueTest, ParametersAreFoundIgnoringCase) {
  const IssueValue value = ParseIssueValue("ca.example.com; A=1; b=2; a=3").value();
  EXPECT_EQ(value.ValuesOf("a"), (std::vector<absl::string_view>{"1", "3"}));
  EXPECT_TRUE(value.ValuesOf("c").empty());
}

}  // namespace
}  // namespace mpic::perspective
