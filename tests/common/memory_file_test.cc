#include "common/memory_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <string>

#include "common/file_text.h"

namespace mpic {
namespace {

std::string TextAt(const std::string& path) { return ReadFileText(path, 1 << 20).value_or("?"); }

std::time_t ModifiedAt(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mtime;
}

TEST(MemoryFileTest, IsReadAndReplacedUnderOnePath) {
  const auto file = MemoryFile::Create("first");
  ASSERT_TRUE(file.ok()) << file.status();
  const std::string path = (*file)->path();
  EXPECT_EQ(TextAt(path), "first");
  ASSERT_TRUE((*file)->Replace("the second").ok());
  EXPECT_EQ((*file)->path(), path);
  EXPECT_EQ(TextAt(path), "the second");
  ASSERT_TRUE((*file)->Replace("").ok());
  EXPECT_EQ(TextAt(path), "");
}

TEST(MemoryFileTest, WhoHasItOpenReadsTheOldTextToItsEnd) {
  const auto file = MemoryFile::Create("first");
  ASSERT_TRUE(file.ok()) << file.status();
  std::ifstream open((*file)->path());
  ASSERT_TRUE((*file)->Replace("another").ok());
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(open), {}), "first");
}

TEST(MemoryFileTest, EachTextHasATimeOfItsOwn) {
  const auto file = MemoryFile::Create("a");
  ASSERT_TRUE(file.ok()) << file.status();
  const std::time_t first = ModifiedAt((*file)->path());
  EXPECT_NE(first, 0) << "gRPC takes 0 for a failure";
  ASSERT_TRUE((*file)->Replace("a").ok());
  EXPECT_NE(ModifiedAt((*file)->path()), first);
}

TEST(MemoryFileTest, NobodyWritesToIt) {
  const auto file = MemoryFile::Create("text");
  ASSERT_TRUE(file.ok()) << file.status();
  const int descriptor = ::open((*file)->path().c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor >= 0) {  // root may open it, and then cannot write
    EXPECT_EQ(::write(descriptor, "x", 1), -1);
    ::close(descriptor);
  }
  EXPECT_EQ(TextAt((*file)->path()), "text");
}

TEST(MemoryFileTest, IsGoneWithItsOwner) {
  std::array<struct stat, 2> status{};
  std::string path;
  {
    const auto file = MemoryFile::Create("text");
    ASSERT_TRUE(file.ok()) << file.status();
    path = (*file)->path();
    ASSERT_EQ(::stat(path.c_str(), status.data()), 0);
  }
  // Another file may have the number by now.
  const bool still_there = ::stat(path.c_str(), &status[1]) == 0 &&
                           status[0].st_ino == status[1].st_ino &&
                           status[0].st_dev == status[1].st_dev;
  EXPECT_FALSE(still_there);
}

}  // namespace
}  // namespace mpic
