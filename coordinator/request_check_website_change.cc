// BR 3.2.2.4.18 for names and 3.2.2.5.1 for addresses.
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/challenge.h"
#include "common/well_known_path.h"
#include "coordinator/request_check_methods.h"
#include "coordinator/request_check_values.h"

namespace mpic::coordinator {
namespace {

// BR 1.6.1, Authorized Ports; 0 stands for the scheme's own.
bool IsAuthorizedPort(std::uint32_t port) {
  return port == 0 || port == 80 || port == 443 || port == 25 || port == 22;
}

// The URL as far as it is known: a broken identifier leaves a gap.
std::string UrlText(const v1::WebsiteChange& website, absl::string_view file,
                    const MethodContext& context) {
  std::string host;
  if (context.identifier.has_value()) {
    host = context.is_ip() ? std::get<IpAddress>(*context.identifier).url_host()
                           : std::get<CertificateName>(*context.identifier).text();
  }
  return absl::StrCat(website.scheme() == v1::WebsiteChange::HTTPS ? "https://" : "http://", host,
                      website.port() == 0 ? "" : absl::StrCat(":", website.port()),
                      kPkiValidationDirectory, file);
}

// As the RA wrote the file and, where that differs, as it will be asked for.
void CheckFile(v1::WebsiteChange& website, const MethodContext& context, const Field& field) {
  const std::string& value = website.expected_value();
  bool in_request = OccursInRequest(UrlText(website, website.file(), context), value);
  absl::StatusOr<std::string> file = NormalizePkiValidationFile(website.file());
  if (file.ok()) {
    in_request = in_request || OccursInRequest(UrlText(website, *file, context), value);
    website.set_file(*std::move(file));
  } else {
    field.Refuse(absl::StrCat(file.status().message(), " (BR 3.2.2.4.18)"));
  }
  if (in_request) {
    field.Refuse(v1::Problem::TOKEN_IN_REQUEST,
                 "the URL holds expected_value, which must not appear in the request "
                 "(BR 3.2.2.4.18)");
  }
}

}  // namespace

void CheckWebsiteChange(v1::WebsiteChange& website, const MethodContext& context,
                        const Field& field) {
  if (website.scheme() != v1::WebsiteChange::HTTP && website.scheme() != v1::WebsiteChange::HTTPS) {
    field["scheme"].Refuse("must be HTTP or HTTPS");
  }
  if (!IsAuthorizedPort(website.port())) {
    field["port"].Refuse(
        absl::StrCat(website.port(), " is no Authorized Port: 80, 443, 25, 22 (BR 1.6.1)"));
  }
  if (const auto value = CheckChallengeValue(website.expected_value()); !value.ok()) {
    field["expected_value"].Refuse(value.message());
  }
  CheckFile(website, context, field["file"]);
  if (website.require_meta_tag() && context.identifier.has_value() && !context.is_ip()) {
    field["require_meta_tag"].Refuse("is for IP addresses only (BR 3.2.2.5.1)");
  }
}

}  // namespace mpic::coordinator
