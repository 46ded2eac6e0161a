#include "tests/support/signed_zone.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace mpic::testing {
namespace {

using Zone = SignedWorldZone;

std::string ReadText(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What a command line of fixed words prints, run in `directory`.
std::string Output(const std::string& directory, const std::string& command) {
  FILE* pipe = popen(absl::StrCat("cd ", directory, " && ", command).c_str(), "r");
  std::string output;
  char buffer[256];
  while (pipe != nullptr && std::fgets(buffer, sizeof(buffer), pipe) != nullptr) output += buffer;
  if (pipe == nullptr || pclose(pipe) != 0) {
    std::fprintf(stderr, "signed zone: failed: %s\n", command.c_str());
    std::abort();
  }
  return output;
}

// The base name of a new key's files.
std::string MakeKey(const std::string& directory, const std::string& zone,
                    const std::string& algorithm) {
  return std::string(absl::StripAsciiWhitespace(
      Output(directory, absl::StrCat("ldns-keygen -k -a ", algorithm, " ", zone))));
}

std::string Day(absl::Duration from_now) {
  return absl::FormatTime("%Y%m%d", absl::Now() + from_now, absl::UTCTimeZone());
}

std::string SignerOptions(const Zone& zone) {
  constexpr absl::Duration kDay = absl::Hours(24);
  std::string options;
  switch (zone.validity) {
    case Zone::Validity::kNow:
      absl::StrAppend(&options, "-e ", Day(7 * kDay));
      break;
    case Zone::Validity::kPast:
      absl::StrAppend(&options, "-i ", Day(-14 * kDay), " -e ", Day(-7 * kDay));
      break;
    case Zone::Validity::kFuture:
      absl::StrAppend(&options, "-i ", Day(7 * kDay), " -e ", Day(14 * kDay));
      break;
  }
  // No iterations, no salt: RFC 9276.
  if (zone.denial != Zone::Denial::kNsec) absl::StrAppend(&options, " -n -a 1 -t 0");
  if (zone.denial == Zone::Denial::kNsec3OptOut) absl::StrAppend(&options, " -p");
  if (zone.algorithms.size() > 1) absl::StrAppend(&options, " -U -A");
  return options;
}

std::string DsRecords(const std::string& directory, const Zone& zone,
                      const std::vector<std::string>& keys) {
  std::vector<std::string> told = keys;
  if (zone.ds == Zone::Ds::kNone) told.clear();
  if (zone.ds == Zone::Ds::kOfAnotherKey) {
    told = {MakeKey(directory, zone.name, zone.algorithms.front())};
  }
  std::string records;
  for (const std::string& key : told) {
    // Owner, class, type, key tag, algorithm, digest type, digest.
    const std::string text = ReadText(absl::StrCat(directory, "/", key, ".ds"));
    std::vector<std::string> words =
        absl::StrSplit(text, absl::ByAnyChar("\t \n"), absl::SkipEmpty());
    if (zone.ds == Zone::Ds::kUnknownAlgorithm) words.at(4) = "200";
    if (zone.ds == Zone::Ds::kUnknownDigest) words.at(5) = "200";
    absl::StrAppend(&records, absl::StrJoin(words, " "), "\n");
  }
  return records;
}

void SpoilSigned(const Zone& zone, const std::string& file) {
  std::string spoilt;
  for (const absl::string_view line : absl::StrSplit(ReadText(file), '\n')) {
    const auto is_in_line = [&](const std::string& text) { return absl::StrContains(line, text); };
    if (std::any_of(zone.left_out.begin(), zone.left_out.end(), is_in_line)) continue;
    absl::StrAppend(&spoilt, line, "\n");
  }
  if (!zone.tampered_from.empty()) {
    spoilt = absl::StrReplaceAll(spoilt, {{zone.tampered_from, zone.tampered_to}});
  }
  std::ofstream(file) << spoilt;
}

}  // namespace

std::string ZoneFile(const std::string& directory, const std::string& zone) {
  return absl::StrCat(directory, "/", zone == "." ? "root" : zone, ".zone");
}

std::string MakeZone(const std::string& directory, const Zone& zone,
                     const Delegations& delegations) {
  const std::string origin = zone.name == "." ? "." : absl::StrCat(zone.name, ".");
  const std::string server =
      absl::StrCat("ns1", zone.name == "." ? "." : absl::StrCat(".", origin));
  const std::string file = ZoneFile(directory, zone.name);
  const bool opts_out = zone.denial == Zone::Denial::kNsec3OptOut;
  std::ofstream(file) << absl::StrCat("$ORIGIN ", origin, "\n$TTL 60\n@ IN SOA ", server,
                                      " hostmaster.", server, " 1 3600 600 86400 5\n@ IN NS ",
                                      server, "\n", server, " IN A 127.0.0.1\n", zone.records,
                                      delegations.secure, opts_out ? "" : delegations.insecure);
  std::vector<std::string> keys;
  if (zone.is_signed) {
    for (const std::string& algorithm : zone.algorithms) {
      keys.push_back(MakeKey(directory, zone.name, algorithm));
    }
    Output(directory, absl::StrCat("ldns-signzone ", SignerOptions(zone), " -f ", file, ".signed ",
                                   file, " ", absl::StrJoin(keys, " ")));
    std::filesystem::rename(file + ".signed", file);
  }
  SpoilSigned(zone, file);
  // ldns-signzone makes NSEC3 records for these as well. None of their records has a signature.
  if (opts_out) std::ofstream(file, std::ios::app) << delegations.insecure;
  return DsRecords(directory, zone, keys);
}

}  // namespace mpic::testing
