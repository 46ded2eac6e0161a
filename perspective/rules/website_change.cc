#include "perspective/rules/website_change.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/challenge.h"
#include "common/well_known_path.h"

namespace mpic::perspective {
namespace {

Problem BadRequest(absl::string_view field, absl::string_view rule) {
  return {v1::Problem::BAD_REQUEST, absl::StrCat("website_change.", field, ": ", rule)};
}

bool IsAuthorizedPort(std::uint32_t port) {  // BR 1.6.1
  return port == 80 || port == 443 || port == 25 || port == 22;
}

std::optional<Problem> ParameterProblem(const v1::WebsiteChange& change) {
  if (change.scheme() != v1::WebsiteChange::HTTP && change.scheme() != v1::WebsiteChange::HTTPS) {
    return BadRequest("scheme", "HTTP or HTTPS");
  }
  if (change.port() != 0 && !IsAuthorizedPort(change.port())) {
    return BadRequest("port", "0 or an Authorized Port: 80, 443, 25, 22");
  }
  if (const auto value = CheckChallengeValue(change.expected_value()); !value.ok()) {
    return BadRequest("expected_value", value.message());
  }
  return std::nullopt;
}

}  // namespace

OrProblem<Url> WebsiteChangeUrl(const v1::WebsiteChange& change,
                                std::variant<DomainName, IpAddress> host) {
  if (std::optional<Problem> problem = ParameterProblem(change)) return *std::move(problem);
  if (change.require_meta_tag() && std::holds_alternative<DomainName>(host)) {
    return BadRequest("require_meta_tag", "only for IP addresses");
  }
  const absl::StatusOr<std::string> file = NormalizePkiValidationFile(change.file());
  if (!file.ok()) return BadRequest("file", file.status().message());
  const Url::Scheme scheme =
      change.scheme() == v1::WebsiteChange::HTTP ? Url::Scheme::kHttp : Url::Scheme::kHttps;
  return Url{
      .scheme = scheme,
      .host = std::move(host),
      .port = change.port() == 0 ? DefaultPort(scheme) : static_cast<std::uint16_t>(change.port()),
      .target = absl::StrCat(kPkiValidationDirectory, *file)};
}

}  // namespace mpic::perspective
