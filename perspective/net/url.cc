#include "perspective/net/url.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "perspective/net/uri_reference.h"

namespace mpic::perspective {
namespace {

// What a stranger wrote, cut to a readable length and made printable.
Problem Refused(ProblemKind kind, absl::string_view what, absl::string_view rule) {
  return {kind,
          absl::StrCat("redirect to \"", absl::CHexEscape(what.substr(0, 120)), "\": ", rule)};
}

OrProblem<Url::Scheme> ParseScheme(absl::string_view text) {
  if (absl::EqualsIgnoreCase(text, "http")) return Url::Scheme::kHttp;
  if (absl::EqualsIgnoreCase(text, "https")) return Url::Scheme::kHttps;
  return Refused(v1::Problem::REDIRECT_SCHEME, text, "the scheme is neither http nor https");
}

OrProblem<std::variant<DomainName, IpAddress>> ParseHost(absl::string_view text) {
  using Host = std::variant<DomainName, IpAddress>;
  const bool bracketed = absl::StartsWith(text, "[") && absl::EndsWith(text, "]");
  const auto literal = IpAddress::Parse(bracketed ? text.substr(1, text.size() - 2) : text);
  if (literal.ok() && literal->is_v6() == bracketed) return Host(*literal);
  auto name = DomainName::ParseHost(text);
  if (name.ok()) return Host(*std::move(name));
  return Refused(v1::Problem::REDIRECT_HOST, text, "the host is neither an FQDN nor an IP literal");
}

OrProblem<std::uint16_t> ParsePort(absl::string_view text, Url::Scheme scheme) {
  if (text.empty()) return DefaultPort(scheme);
  const auto is_digit = [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); };
  std::uint32_t port = 0;
  if (std::ranges::all_of(text, is_digit) && absl::SimpleAtoi(text, &port) && port > 0 &&
      port <= 65535) {
    return static_cast<std::uint16_t>(port);
  }
  return Refused(v1::Problem::REDIRECT_PORT, text, "not a TCP port");
}

// RFC 3986 section 3.2.
std::optional<Problem> TakeAuthority(absl::string_view authority, Url& url) {
  if (absl::StrContains(authority, '@')) {
    return Refused(v1::Problem::REDIRECT_HOST, authority, "user information");
  }
  const auto bracket = authority.find(']');  // colons before it belong to the address
  const auto colon = authority.find(':', bracket == absl::string_view::npos ? 0 : bracket);
  auto host = ParseHost(authority.substr(0, colon));
  if (!host.ok()) return std::move(host).problem();
  url.host = *std::move(host);
  const bool has_port = colon != absl::string_view::npos;
  auto port = ParsePort(has_port ? authority.substr(colon + 1) : "", url.scheme);
  if (!port.ok()) return std::move(port).problem();
  url.port = *port;
  return std::nullopt;
}

// Scheme, host and port of a reference that does not leave them to its base.
std::optional<Problem> TakeOrigin(const UriReference& reference, Url& url) {
  if (reference.scheme) {
    OrProblem<Url::Scheme> scheme = ParseScheme(*reference.scheme);
    if (!scheme.ok()) return std::move(scheme).problem();
    url.scheme = *scheme;
  }
  return TakeAuthority(reference.authority.value_or(""), url);
}

// RFC 3986 section 5.2.4. Precondition: starts with "/".
std::string WithoutDotSegments(absl::string_view path) {
  const std::vector<absl::string_view> segments = absl::StrSplit(path.substr(1), '/');
  std::vector<absl::string_view> kept;
  for (const absl::string_view segment : segments) {
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (segment != "." && segment != "..") kept.push_back(segment);
  }
  const bool ends_in_directory = segments.back() == "." || segments.back() == "..";
  if (ends_in_directory) kept.emplace_back("");
  return absl::StrCat("/", absl::StrJoin(kept, "/"));
}

// RFC 3986 section 5.2.2, path and query.
std::string ResolveTarget(const UriReference& reference, absl::string_view base_target) {
  const std::string query = reference.query ? absl::StrCat("?", *reference.query) : "";
  if (absl::StartsWith(reference.path, "/")) return WithoutDotSegments(reference.path) + query;
  if (reference.authority) return "/" + query;
  const absl::string_view base_path = base_target.substr(0, base_target.find('?'));
  if (reference.path.empty()) {
    return reference.query ? absl::StrCat(base_path, query) : std::string(base_target);
  }
  const absl::string_view directory = base_path.substr(0, base_path.rfind('/') + 1);
  return WithoutDotSegments(absl::StrCat(directory, reference.path)) + query;
}

}  // namespace

std::uint16_t DefaultPort(Url::Scheme scheme) { return scheme == Url::Scheme::kHttp ? 80 : 443; }

std::string Url::host_header() const {
  const IpAddress* literal = std::get_if<IpAddress>(&host);
  const std::string name = literal ? literal->url_host() : std::get<DomainName>(host).text();
  return port == DefaultPort(scheme) ? name : absl::StrCat(name, ":", port);
}

std::string Url::text() const {
  return absl::StrCat(scheme == Scheme::kHttp ? "http://" : "https://", host_header(), target);
}

OrProblem<Url> ResolveReference(const Url& base, absl::string_view location) {
  const std::optional<UriReference> reference = SplitUriReference(location);
  if (!reference) {
    return Refused(v1::Problem::REDIRECT_LOCATION, location, "not a URI reference");
  }
  Url url = base;
  if (reference->scheme || reference->authority) {
    if (std::optional<Problem> problem = TakeOrigin(*reference, url)) return *std::move(problem);
  }
  url.target = ResolveTarget(*reference, base.target);
  if (reference->fragment) url.fragment = std::string(*reference->fragment);
  return url;
}

}  // namespace mpic::perspective
