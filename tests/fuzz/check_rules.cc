#include "tests/fuzz/check_rules.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <memory>
#include <string>
#include <utility>

#include "perspective/rules/dns_change.h"
#include "perspective/rules/exact_host.h"
#include "perspective/rules/identifier_address.h"
#include "perspective/rules/identifier_name.h"
#include "perspective/rules/issuer_names.h"
#include "perspective/rules/website_change.h"
#include "tests/fuzz/fuzz_target.h"

namespace mpic::fuzz {
namespace {

using perspective::OrProblem;
using perspective::Problem;

class SilentCollector final : public google::protobuf::io::ErrorCollector {
  void AddError(int /*line*/, int /*column*/, const std::string& /*message*/) override {}
};

template <typename T>
std::optional<Problem> ProblemOf(const OrProblem<T>& read) {
  return read.ok() ? std::nullopt : std::optional(read.problem());
}

std::optional<Problem> RefuseDnsChange(const v1::Check& check) {
  const auto claim = perspective::ReadAdnClaim(check);
  if (!claim.ok()) return claim.problem();
  if (auto problem = perspective::CheckDnsChangeParameters(check.dns_change())) return problem;
  return ProblemOf(perspective::DnsChangeName(check.dns_change(), claim->adn));
}

std::optional<Problem> RefuseWebsiteChange(const v1::Check& check) {
  const auto host = perspective::ExactHost(check);
  if (!host.ok()) return host.problem();
  return ProblemOf(perspective::WebsiteChangeUrl(check.website_change(), *host));
}

std::optional<Problem> RefuseDnsPersist(const v1::Check& check) {
  auto problem = check.identifier().has_ip_address()
                     ? ProblemOf(perspective::IdentifierAddress(check))
                     : ProblemOf(perspective::ReadAdnClaim(check));
  if (problem.has_value()) return problem;
  return ProblemOf(perspective::ReadIssuerNames(check.dns_persist().issuer_domain_names(),
                                                "dns_persist.issuer_domain_names"));
}

std::optional<Problem> RefuseCaa(const v1::Check& check) {
  const auto name = perspective::IdentifierName(check.identifier());
  if (!name.ok()) return name.problem();
  return ProblemOf(
      perspective::ReadIssuerNames(check.caa().issuer_domain_names(), "caa.issuer_domain_names"));
}

}  // namespace

std::optional<Problem> RefuseCheck(const v1::Check& check) {
  switch (check.method_case()) {
    case v1::Check::kDnsChange:
      return RefuseDnsChange(check);
    case v1::Check::kWebsiteChange:
      return RefuseWebsiteChange(check);
    case v1::Check::kHttp01:
    case v1::Check::kTlsAlpn01:
      return ProblemOf(perspective::ExactHost(check));
    case v1::Check::kReverseLookup:
      return ProblemOf(perspective::IdentifierAddress(check));
    case v1::Check::kDnsPersist:
      return RefuseDnsPersist(check);
    case v1::Check::kCaa:
      return RefuseCaa(check);
    case v1::Check::kDns01:
    case v1::Check::kDnsAccount01:
    case v1::Check::kCaaEmailContact:
    case v1::Check::kTxtEmailContact:
    case v1::Check::kTxtPhoneContact:
    case v1::Check::kCaaPhoneContact:
      return ProblemOf(perspective::ReadAdnClaim(check));
    case v1::Check::METHOD_NOT_SET:
      break;
  }
  return Problem{v1::Problem::UNSUPPORTED_METHOD, "method: missing"};
}

bool ReadMessage(absl::string_view text, google::protobuf::Message& message) {
  google::protobuf::TextFormat::Parser parser;
  SilentCollector silent;
  parser.SetRecursionLimit(16);
  parser.RecordErrorsTo(&silent);
  const std::unique_ptr<google::protobuf::Message> read(message.New());
  return parser.ParseFromString(std::string(text), read.get()) &&
         message.ParseFromString(read->SerializeAsString());
}

}  // namespace mpic::fuzz
