#include "tests/coordinator/audit/log_on_disk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "absl/strings/match.h"
#include "coordinator/audit/chain_reader.h"

namespace mpic::coordinator {

std::string ContentOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void Overwrite(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

std::vector<std::string> BodiesOf(const std::vector<std::string>& request_ids) {
  std::vector<std::string> bodies;
  for (const std::string& id : request_ids) {
    v1::AuditRecord record;
    record.set_request_id(id);
    bodies.push_back(EncodeBody(record.SerializeAsString()).value());
  }
  return bodies;
}

std::vector<std::string> LinesOf(const std::vector<std::string>& request_ids, ChainHead head) {
  std::vector<std::string> lines;
  for (const std::string& body : BodiesOf(request_ids)) {
    AppendLine(body, absl::FromUnixSeconds(1'800'000'000), head, lines.emplace_back());
  }
  return lines;
}

LogOnDisk::LogOnDisk() {
  std::string pattern = (std::filesystem::temp_directory_path() / "mpic-audit-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
  directory_ = pattern;
}

LogOnDisk::~LogOnDisk() { std::filesystem::remove_all(directory_); }

std::string LogOnDisk::segment(std::uint64_t first_sequence) const {
  return SegmentPath(directory_, first_sequence);
}

std::vector<std::string> LogOnDisk::Files(const std::string& beginning) const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    const std::string name = entry.path().filename().string();
    if (absl::StartsWith(name, beginning)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> LogOnDisk::RequestIds() const {
  std::vector<std::string> ids;
  auto reader = ChainReader::Open(directory_, 1);
  if (!reader.ok()) throw std::runtime_error(reader.status().ToString());
  for (ChainEntry entry;;) {
    const auto more = reader->Next(entry);
    EXPECT_TRUE(more.ok()) << more.status();
    if (!more.ok() || !*more) return ids;
    ids.push_back(DecodeRecord(entry.line.record).value().request_id());
    EXPECT_EQ(entry.line.sequence, ids.size());
  }
}

}  // namespace mpic::coordinator
