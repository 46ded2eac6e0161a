#include "common/well_known_path.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"

namespace mpic {
namespace {

absl::Status Refuse(absl::string_view rule) {
  return absl::InvalidArgumentError(absl::StrCat("file ", rule));
}

bool IsHex(char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); }

// pchar of RFC 3986 section 3.3 without percent-encoding, and "/".
bool IsPathCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         absl::StrContains("-._~!$&'()*+,;=:@/", c);
}

absl::Status CheckCharacters(absl::string_view file) {
  for (std::size_t i = 0; i < file.size(); ++i) {
    if (IsPathCharacter(file[i])) continue;
    if (file[i] != '%') return Refuse("has a character that a URL path may not hold");
    if (i + 2 >= file.size() || !IsHex(file[i + 1]) || !IsHex(file[i + 2])) {
      return Refuse("has a broken percent-encoding");
    }
    const std::string triplet = absl::AsciiStrToLower(file.substr(i, 3));
    if (triplet == "%2f" || triplet == "%5c") return Refuse("has an encoded slash or backslash");
    i += 2;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> NormalizePkiValidationFile(absl::string_view file) {
  if (file.empty()) return Refuse("is required");
  if (file.size() > kPkiValidationFileOctetsMax) {
    return Refuse(absl::StrCat("is over ", kPkiValidationFileOctetsMax, " octets"));
  }
  MPIC_RETURN_IF_ERROR(CheckCharacters(file));
  std::vector<absl::string_view> kept;
  for (absl::string_view segment : absl::StrSplit(file, '/')) {
    const std::string plain = absl::StrReplaceAll(segment, {{"%2e", "."}, {"%2E", "."}});
    if (plain.empty()) return Refuse("has an empty segment");
    if (plain == ".") continue;
    if (plain != "..") {
      kept.push_back(segment);
    } else if (kept.empty()) {
      return Refuse(absl::StrCat("leads out of ", kPkiValidationDirectory));
    } else {
      kept.pop_back();
    }
  }
  if (kept.empty()) return Refuse(absl::StrCat("names nothing below ", kPkiValidationDirectory));
  return absl::StrJoin(kept, "/");
}

}  // namespace mpic
