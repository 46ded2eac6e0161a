#include "coordinator/cli/account_uri.h"

#include <google/protobuf/struct.pb.h>
#include <gtest/gtest.h>

#include <sstream>

#include "coordinator/cli/exit_code.h"
#include "coordinator/cli/json.h"

namespace mpic::coordinator::cli {
namespace {

AccountUriArguments Vector95() {
  return {.domain = "shop.example.com",
          .account_url = "https://ca.example.com/acme/acct/1",
          .thumbprint = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
          .prefix = ""};
}

struct Case {
  const char* name;
  void (*change)(AccountUriArguments& arguments);
  const char* uri;  // nullptr: refused
};

const Case kCases[] = {
    {"vector 95", [](AccountUriArguments&) {},
     "sha-256/UPBNWta_-kG9fhFC9G7k1Biikdj7d5UxOrtVMpZilV4"},
    {"behind the CA's prefix",
     [](AccountUriArguments& a) { a.prefix = "https://ca.example.com/acct-hash/"; },
     "https://ca.example.com/acct-hash/sha-256/UPBNWta_-kG9fhFC9G7k1Biikdj7d5UxOrtVMpZilV4"},
    {"the domain in its one form", [](AccountUriArguments& a) { a.domain = "Shop.Example.COM."; },
     "sha-256/UPBNWta_-kG9fhFC9G7k1Biikdj7d5UxOrtVMpZilV4"},
    {"all domains of the account", [](AccountUriArguments& a) { a.domain = "*"; },
     "sha-256/MfOZQS0tg1irR9bi5-UhxvQATJ6KfqWyOWL-1TdJTIY"},
    {"a wildcard name is no Authorization Domain Name",
     [](AccountUriArguments& a) { a.domain = "*.example.com"; }, nullptr},
    {"no domain", [](AccountUriArguments& a) { a.domain = ""; }, nullptr},
    {"a thumbprint of another digest", [](AccountUriArguments& a) { a.thumbprint += "AAAA"; },
     nullptr},
    {"a thumbprint in base64", [](AccountUriArguments& a) { a.thumbprint.replace(0, 1, "+"); },
     nullptr},
    {"no account", [](AccountUriArguments& a) { a.account_url = ""; }, nullptr},
};

TEST(AccountUriTest, IsTheHashOfTheDraft) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    AccountUriArguments arguments = Vector95();
    c.change(arguments);
    const auto uri = HashedAccountUri(arguments);
    EXPECT_EQ(uri.ok(), c.uri != nullptr) << uri.status();
    if (uri.ok() && c.uri != nullptr) EXPECT_EQ(*uri, c.uri);
  }
}

TEST(AccountUriTest, IsPrintedAloneOrNotAtAll) {
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(PrintAccountUri(Vector95(), OutputFormat::kTable, out, err), kExitCorroborated);
  EXPECT_EQ(out.str(), "sha-256/UPBNWta_-kG9fhFC9G7k1Biikdj7d5UxOrtVMpZilV4\n");
  out.str("");
  EXPECT_EQ(PrintAccountUri(Vector95(), OutputFormat::kJson, out, err), kExitCorroborated);
  google::protobuf::Struct object;
  ASSERT_TRUE(FromJson(out.str(), object).ok()) << out.str();
  EXPECT_EQ(object.fields().at("account_uri").string_value(),
            "sha-256/UPBNWta_-kG9fhFC9G7k1Biikdj7d5UxOrtVMpZilV4");
  out.str("");
  EXPECT_EQ(PrintAccountUri({.domain = "no domain"}, OutputFormat::kJson, out, err), kExitUsage);
  EXPECT_EQ(out.str(), "");
  EXPECT_NE(err.str(), "");
}

}  // namespace
}  // namespace mpic::coordinator::cli
