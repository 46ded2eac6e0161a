#include "perspective/net/url.h"

#include <gtest/gtest.h>

#include <string>

#include "perspective/net/http_request_head.h"

namespace mpic::perspective {
namespace {

Url Base() {
  return {.scheme = Url::Scheme::kHttp,
          .host = DomainName::ParseHost("a.example").value(),
          .target = "/b/c/d;p?q"};
}

// The resolved URL with its fragment, or the kind of the problem.
std::string Resolve(absl::string_view location) {
  const OrProblem<Url> url = ResolveReference(Base(), location);
  if (!url.ok()) return v1::Problem::Kind_Name(url.problem().kind);
  return url->fragment.empty() ? url->text() : url->text() + "#" + url->fragment;
}

struct Case {
  const char* reference;
  const char* resolved;
};

// RFC 3986 section 5.4, on our base.
TEST(ResolveReferenceTest, ExamplesOfRfc3986) {
  const Case cases[] = {
      {"g", "http://a.example/b/c/g"},
      {"./g", "http://a.example/b/c/g"},
      {"g/", "http://a.example/b/c/g/"},
      {"/g", "http://a.example/g"},
      {"//g.example", "http://g.example/"},
      {"?y", "http://a.example/b/c/d;p?y"},
      {"g?y", "http://a.example/b/c/g?y"},
      {"#s", "http://a.example/b/c/d;p?q#s"},
      {"g?y#s", "http://a.example/b/c/g?y#s"},
      {";x", "http://a.example/b/c/;x"},
      {"g;x?y#s", "http://a.example/b/c/g;x?y#s"},
      {"", "http://a.example/b/c/d;p?q"},
      {".", "http://a.example/b/c/"},
      {"..", "http://a.example/b/"},
      {"../g", "http://a.example/b/g"},
      {"../..", "http://a.example/"},
      {"../../g", "http://a.example/g"},
      {"../../../g", "http://a.example/g"},
      {"../../../../g", "http://a.example/g"},
      {"../../../..", "http://a.example/"},
      {"../../../..?y", "http://a.example/?y"},
      {"/./g", "http://a.example/g"},
      {"/../g", "http://a.example/g"},
      {"g.", "http://a.example/b/c/g."},
      {"..g", "http://a.example/b/c/..g"},
      {"./../g", "http://a.example/b/g"},
      {"./g/.", "http://a.example/b/c/g/"},
      {"g/../h", "http://a.example/b/c/h"},
      {"g;x=1/../y", "http://a.example/b/c/y"},
      {"g?y/../x", "http://a.example/b/c/g?y/../x"},
      {"g#s/../x", "http://a.example/b/c/g#s/../x"},
  };
  for (const Case& c : cases) EXPECT_EQ(Resolve(c.reference), c.resolved) << c.reference;
}

TEST(ResolveReferenceTest, AbsoluteTargetsAreBroughtToNormalForm) {
  const Case cases[] = {
      {"HTTP://B.Example:80", "http://b.example/"},
      {"https://b.example:443/x", "https://b.example/x"},
      {"https://b.example:80/x", "https://b.example:80/x"},
      {"http://b.example:/x", "http://b.example/x"},
      {"http://b.example:0080/x", "http://b.example/x"},
      {"http://b.example?x", "http://b.example/?x"},
      {"http://b.example/%41%2F?%20", "http://b.example/%41%2F?%20"},
      {"http://b.example./x", "http://b.example/x"},
      {"http://192.0.2.1/x", "http://192.0.2.1/x"},
      {"http://[2001:DB8::1]:443/x", "http://[2001:db8::1]:443/x"},
  };
  for (const Case& c : cases) EXPECT_EQ(Resolve(c.reference), c.resolved) << c.reference;
}

TEST(ResolveReferenceTest, RefusalsNameThePartAtFault) {
  const Case cases[] = {
      {"/a b", "REDIRECT_LOCATION"},
      {"http://b.example/\xc3\xa4", "REDIRECT_LOCATION"},
      {"/a\r\nX: y", "REDIRECT_LOCATION"},
      {"/%zz", "REDIRECT_LOCATION"},
      {"http:\x06", "REDIRECT_LOCATION"},
      {"1http://b.example/", "REDIRECT_LOCATION"},
      {"http://b.example/[", "REDIRECT_LOCATION"},
      {"ftp://b.example/x", "REDIRECT_SCHEME"},
      {"javascript:alert(1)", "REDIRECT_SCHEME"},
      {"file:///etc/passwd", "REDIRECT_SCHEME"},
      {"http://b.example:0/", "REDIRECT_PORT"},
      {"http://b.example:65616/", "REDIRECT_PORT"},
      {"http://b.example:99999999999999999999/", "REDIRECT_PORT"},
      {"http://user@b.example/", "REDIRECT_HOST"},
      {"http://@b.example/", "REDIRECT_HOST"},
      {"http://user:secret@b.example/", "REDIRECT_HOST"},
      {"http:///x", "REDIRECT_HOST"},
      {"http:x", "REDIRECT_HOST"},
      {"http://[fe80::1%25eth0]/", "REDIRECT_HOST"},
      {"http://[v1.a]/", "REDIRECT_HOST"},
      {"http://1.2.3/", "REDIRECT_HOST"},
      {"http://2130706433/", "REDIRECT_HOST"},
      {"http://127.0.0.01/", "REDIRECT_HOST"},
      {"http://b_c.example/", "REDIRECT_HOST"},
      {"http://b%2eexample/", "REDIRECT_HOST"},
      {"http://-b.example/", "REDIRECT_HOST"},
  };
  for (const Case& c : cases) EXPECT_EQ(Resolve(c.reference), c.resolved) << c.reference;
}

TEST(ResolveReferenceTest, FragmentIsInheritedUnlessTheLocationHasOne) {
  Url base = Base();
  base.fragment = "old";
  EXPECT_EQ(ResolveReference(base, "/x")->fragment, "old");
  EXPECT_EQ(ResolveReference(base, "/x#new")->fragment, "new");
  EXPECT_EQ(ResolveReference(base, "/x#")->fragment, "");
}

TEST(ResolveReferenceTest, MessagesHoldOnlyPrintableAscii) {
  const OrProblem<Url> url = ResolveReference(Base(), "http://b.example/\x01\xff");
  EXPECT_EQ(url.problem().detail.find('\xff'), std::string::npos);
  EXPECT_EQ(url.problem().detail.find('\x01'), std::string::npos);
}

TEST(RequestHeadTest, IsAllThatIsSent) {
  const Url url = ResolveReference(Base(), "https://[2001:db8::1]:80/x?y#z").value();
  EXPECT_EQ(RequestHead(url, "mpic/1"),
            "GET /x?y HTTP/1.1\r\nHost: [2001:db8::1]:80\r\nUser-Agent: mpic/1\r\n"
            "Accept: */*\r\nConnection: close\r\n\r\n");
}

}  // namespace
}  // namespace mpic::perspective
