#include "common/crl_directory.h"

#include <openssl/err.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <map>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/file_text.h"
#include "common/status_macros.h"

namespace mpic {
namespace {

// A list of 100,000 certificates has about 4 MB.
constexpr std::size_t kCrlBytesMax = std::size_t{16} << 20;
constexpr std::size_t kHashDigits = 8;

bool IsCrlName(absl::string_view name) {
  const std::size_t dot = name.find(".r");
  if (dot != kHashDigits || name.size() == dot + 2) return false;
  const absl::string_view number = name.substr(dot + 2);
  const absl::string_view hash = name.substr(0, dot);
  return std::all_of(hash.begin(), hash.end(), absl::ascii_isxdigit) &&
         std::all_of(number.begin(), number.end(), absl::ascii_isdigit);
}

absl::StatusOr<std::vector<std::string>> CrlPaths(const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code error;
  std::filesystem::directory_iterator entry(directory, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (IsCrlName(entry->path().filename().string())) paths.push_back(entry->path().string());
  }
  if (error) {
    return absl::FailedPreconditionError(absl::StrCat(directory, ": ", error.message()));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// Whether a trusted CA bears the issuer's name and none of them signed the list. A list of an
// intermediate CA, which peers present, can only be checked then.
bool IsForged(X509_CRL* crl, const std::vector<X509Certificate>& trusted) {
  bool named = false;
  for (const X509Certificate& ca : trusted) {
    if (X509_NAME_cmp(X509_get_subject_name(ca.get()), X509_CRL_get_issuer(crl)) != 0) continue;
    if (X509_CRL_verify(crl, X509_get0_pubkey(ca.get())) == 1) return false;
    named = true;
  }
  ERR_clear_error();
  return named;
}

std::string IssuerOf(const X509_CRL* crl) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_NAME(X509_CRL_get_issuer(crl), &der);
  std::string issuer(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return issuer;
}

struct Newest {
  absl::Time next_update = absl::InfinitePast();
  std::string path;
};

}  // namespace

absl::StatusOr<std::string> ReadCrlDirectory(const std::string& directory,
                                             const std::vector<X509Certificate>& trusted,
                                             absl::Time now) {
  MPIC_ASSIGN_OR_RETURN(const std::vector<std::string> paths, CrlPaths(directory));
  std::string all;
  std::map<std::string, Newest> newest;  // by issuer
  for (const std::string& path : paths) {
    MPIC_ASSIGN_OR_RETURN(const std::string text, ReadFileText(path, kCrlBytesMax));
    const std::vector<X509Crl> crls = ParseCrls(text);
    if (crls.empty()) return absl::FailedPreconditionError(absl::StrCat(path, ": no PEM CRL"));
    for (const X509Crl& crl : crls) {
      if (IsForged(crl.get(), trusted)) {
        return absl::FailedPreconditionError(
            absl::StrCat(path, ": not signed by the trusted CA that it names"));
      }
      // Without a next update it is never outdated (RFC 5280 wants one).
      const ASN1_TIME* const end = X509_CRL_get0_nextUpdate(crl.get());
      const absl::Time next_update = end == nullptr ? absl::InfiniteFuture() : TimeOf(end);
      Newest& known = newest[IssuerOf(crl.get())];
      if (known.path.empty() || next_update > known.next_update) known = {next_update, path};
    }
    all += ToPem(crls);
  }
  for (const auto& [issuer, last] : newest) {
    if (now <= last.next_update) continue;
    return absl::FailedPreconditionError(
        absl::StrCat(last.path, ": outdated since ",
                     absl::FormatTime(absl::RFC3339_sec, last.next_update, absl::UTCTimeZone())));
  }
  return all;
}

}  // namespace mpic
