// Location headers: references to URLs, URLs to redirects, URLs to requests.
//   input: a Location that gives the base, then Locations of redirects, one a line
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "perspective/limits.h"
#include "perspective/net/http_request_head.h"
#include "perspective/net/url.h"
#include "perspective/rules/redirect.h"
#include "tests/fuzz/fuzz_target.h"

namespace mpic::fuzz {
namespace {

using perspective::Limits;
using perspective::OrProblem;
using perspective::Url;

bool IsRefusalOfRedirect(const perspective::Problem& problem) {
  return absl::StartsWith(v1::Problem::Kind_Name(problem.kind), "REDIRECT_");
}

bool HasDotSegment(absl::string_view target) {
  const std::vector<absl::string_view> segments =
      absl::StrSplit(target.substr(0, target.find('?')), '/');
  return std::ranges::any_of(segments, [](absl::string_view s) { return s == "." || s == ".."; });
}

void RequireSoundHost(const Url& url) {
  if (const auto* address = std::get_if<IpAddress>(&url.host)) {
    Require(Gives(IpAddress::Parse(address->text()), *address), "an address parses to itself");
    return;
  }
  const auto& name = std::get<DomainName>(url.host);
  Require(Gives(DomainName::ParseHost(name.text()), name), "a host parses to itself");
  Require(!IpAddress::Parse(name.text()).ok(), "a host name is no address");
}

// Nobody but us may write into the request.
void RequireOneRequest(const Url& url) {
  const std::string head = RequestHead(url, "mpic-fuzz/1");
  const std::vector<std::string> lines = absl::StrSplit(head, "\r\n");
  Require(lines.size() == 7 && lines[5].empty() && lines[6].empty(), "a request has five lines");
  for (const std::string& line : lines) {
    Require(IsPrintableAscii(line, head.size()), "a request's lines are printable ASCII");
  }
  Require(lines[0] == absl::StrCat("GET ", url.target, " HTTP/1.1"), "the target is what is sent");
  Require(std::ranges::count(lines[0], ' ') == 2, "a request line has three words");
  Require(lines[1] == absl::StrCat("Host: ", url.host_header()), "the host is what is sent");
}

void RequireSoundUrl(const Url& url, const Url& base) {
  Require(absl::StartsWith(url.target, "/") && !absl::StrContains(url.target, '#'),
          "a target starts with a slash and has no fragment");
  Require(url.port != 0, "a port is not 0");
  Require(!HasDotSegment(url.target), "dot segments are removed");
  RequireSoundHost(url);
  RequireOneRequest(url);
  const OrProblem<Url> again = ResolveReference(base, url.text());
  Require(again.ok(), "a URL's text is a URL");
  Require(again->text() == url.text() && again->scheme == url.scheme && again->host == url.host &&
              again->port == url.port && again->target == url.target,
          "a URL's text means the same URL");
}

void RequireFollowable(const Url& target, const std::vector<Url>& requested, const Limits& limits) {
  Require(target.port == 80 || target.port == 443, "only Authorized Ports of the web are followed");
  Require(target.target.size() <= limits.redirect_path_octets_max, "a target is bounded");
  if (const auto* name = std::get_if<DomainName>(&target.host)) {
    Require(absl::StrContains(name->text(), '.') && !absl::EndsWith(name->text(), ".onion"),
            "a redirect leads to a name of public DNS");
  }
  for (const Url& url : requested) Require(url.text() != target.text(), "no URL is asked twice");
}

}  // namespace

MPIC_FUZZ_TARGET(location) {
  const Limits limits;
  Url base{.host = DomainName::ParseHost("shop.example.com").value(),
           .target = "/.well-known/acme-challenge/token"};
  if (OrProblem<Url> given = ResolveReference(base, input.Line()); given.ok()) {
    base = *std::move(given);
  }
  std::vector<Url> requested = {base};
  for (const std::string& location : input.Lines(limits.redirects_max + 2)) {
    const OrProblem<Url> url = ResolveReference(requested.back(), location);
    if (url.ok()) {
      RequireSoundUrl(*url, base);
    } else {
      RequireSound(url.problem());
      Require(IsRefusalOfRedirect(url.problem()), "a reference is refused as a redirect is");
    }
    OrProblem<Url> followed = FollowRedirect(requested, 302, {location}, limits);
    if (!followed.ok()) {
      RequireSound(followed.problem());
      Require(IsRefusalOfRedirect(followed.problem()), "a redirect is refused as a redirect");
      continue;
    }
    Require(requested.size() <= limits.redirects_max, "redirects are bounded");
    RequireFollowable(*followed, requested, limits);
    requested.push_back(*std::move(followed));
  }
}

}  // namespace mpic::fuzz
