#include "coordinator/cli/account_uri.h"

#include <google/protobuf/struct.pb.h>

#include <algorithm>
#include <ostream>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/challenge.h"
#include "common/domain_name.h"
#include "common/sha256.h"
#include "common/status_macros.h"
#include "coordinator/cli/exit_code.h"
#include "coordinator/cli/json.h"

namespace mpic::coordinator::cli {
namespace {

constexpr char kAnyDomain[] = "*";

absl::StatusOr<std::string> HashedDomain(const std::string& domain) {
  if (domain == kAnyDomain) return domain;
  MPIC_ASSIGN_OR_RETURN(const DomainName name, DomainName::ParseHost(domain));
  return name.text();
}

bool IsThumbprint(const std::string& text) {
  return text.size() == kAcmeThumbprintOctets && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
         });
}

}  // namespace

absl::StatusOr<std::string> HashedAccountUri(const AccountUriArguments& arguments) {
  MPIC_ASSIGN_OR_RETURN(const std::string domain, HashedDomain(arguments.domain));
  if (!IsThumbprint(arguments.thumbprint)) {
    return absl::InvalidArgumentError(
        "--thumbprint must be the 43 base64url characters of RFC 7638 with SHA-256");
  }
  if (arguments.account_url.empty()) {
    return absl::InvalidArgumentError("--account-url must not be empty");
  }
  const std::string hashed = absl::StrCat(std::string(1, static_cast<char>(domain.size())), domain,
                                          arguments.thumbprint, arguments.account_url);
  return absl::StrCat(arguments.prefix, "sha-256/", absl::WebSafeBase64Escape(Sha256(hashed)));
}

int PrintAccountUri(const AccountUriArguments& arguments, OutputFormat output, std::ostream& out,
                    std::ostream& err) {
  const absl::StatusOr<std::string> uri = HashedAccountUri(arguments);
  if (!uri.ok()) {
    err << "mpicctl: " << uri.status().message() << '\n';
    return kExitUsage;
  }
  if (output == OutputFormat::kTable) {
    out << *uri << '\n';
    return kExitCorroborated;
  }
  google::protobuf::Struct object;
  (*object.mutable_fields())["account_uri"].set_string_value(*uri);
  out << ToJson(object);
  return kExitCorroborated;
}

}  // namespace mpic::coordinator::cli
