#include "common/handshake_failures.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/str_cat.h"

namespace mpic {
namespace {

std::map<std::string, double> Counts() {
  std::map<std::string, double> counts;
  const auto families = HandshakeFailures().Collect();
  for (const auto& metric : families.at(0).metric) {
    counts[metric.label.at(0).value] = metric.counter.value;
  }
  return counts;
}

TEST(HandshakeFailuresTest, CountsByOpensslsReason) {
  constexpr char kBeginning[] = "Handshake failed with fatal error SSL_ERROR_SSL: error:";
  struct Case {
    std::string message;
    const char* reason;  // "" for none
  };
  const Case cases[] = {
      {absl::StrCat(kBeginning, "0A0000C7:SSL routines::peer did not return a certificate."),
       "no_certificate"},
      {absl::StrCat(kBeginning, "0A000086:SSL routines::certificate verify failed."), "untrusted"},
      {absl::StrCat(kBeginning, "0A000102:SSL routines::unsupported protocol."),
       "protocol_version"},
      {absl::StrCat(kBeginning, "0A00010B:SSL routines::wrong version number."), "plaintext"},
      {absl::StrCat(kBeginning, "0A00009C:SSL routines::http request."), "plaintext"},
      {absl::StrCat(kBeginning, "0A000418:SSL routines::tlsv1 alert unknown ca."),
       "refused_by_peer"},
      {absl::StrCat(kBeginning, "0A0000C1:SSL routines::no shared cipher."), "other"},
      {absl::StrCat(kBeginning, "0A"), "other"},
      {"Handshake failed with fatal error SSL_ERROR_SYSCALL: .", "other"},
      {"Handshake failed", ""},
      {"something else: error:0A000086:", ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.message);
    std::map<std::string, double> expected = Counts();
    ASSERT_EQ(expected.size(), 6U);
    if (*c.reason != '\0') ++expected[c.reason];
    EXPECT_EQ(NoteHandshakeFailure(c.message), c.reason);
    EXPECT_EQ(Counts(), expected);
  }
}

}  // namespace
}  // namespace mpic
