#include "perspective/rules/txt_record.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"

namespace mpic::perspective {

OrProblem<std::string> ParseTxtRdata(absl::string_view rdata) {
  if (rdata.empty()) {
    return Problem{v1::Problem::RECORD_MALFORMED, "TXT record without a character-string"};
  }
  std::string joined;
  while (!rdata.empty()) {
    const std::size_t length = static_cast<unsigned char>(rdata.front());
    rdata.remove_prefix(1);
    if (length > rdata.size()) {
      return Problem{v1::Problem::RECORD_MALFORMED,
                     "TXT record with a character-string that overruns the record"};
    }
    absl::StrAppend(&joined, rdata.substr(0, length));
    rdata.remove_prefix(length);
  }
  return joined;
}

OrProblem<std::vector<std::string>> ParseTxtSet(absl::Span<const std::string> rdata) {
  std::vector<std::string> values;
  for (const std::string& record : rdata) {
    OrProblem<std::string> value = ParseTxtRdata(record);
    if (!value.ok()) return std::move(value).problem();
    values.push_back(*std::move(value));
  }
  return values;
}

}  // namespace mpic::perspective
