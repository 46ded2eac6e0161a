#include "common/service_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/log.h"

namespace mpic {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

// The socket of a service manager, at a path or ("@...") an abstract name.
class ServiceManager {
 public:
  explicit ServiceManager(const std::string& name) : name_(name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, sizeof address.sun_path);
    if (name[0] == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), length), 0);
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  ~ServiceManager() {
    ::unsetenv("NOTIFY_SOCKET");
    ::close(socket_);
    if (name_[0] == '/') std::filesystem::remove(name_);
  }
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  // What has arrived so far.
  std::vector<std::string> Messages() {
    std::vector<std::string> messages;
    std::array<char, 256> text{};
    ssize_t octets = 0;
    while ((octets = ::recv(socket_, text.data(), text.size(), MSG_DONTWAIT)) >= 0) {
      messages.emplace_back(text.data(), static_cast<std::size_t>(octets));
    }
    return messages;
  }

 private:
  const std::string name_;
  const int socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

class ServiceManagerTest : public ::testing::Test {
 protected:
  ServiceManagerTest() {
    InitLog("test", LogLevel::kInfo, [this](absl::string_view line) { log_.emplace_back(line); });
  }
  ~ServiceManagerTest() override {
    InitLog("mpic", LogLevel::kInfo);
    ::unsetenv("NOTIFY_SOCKET");
  }

  static std::string Path() {
    return absl::StrCat(::testing::TempDir(), "/notify-", ::getpid(), ".sock");
  }

  std::vector<std::string> log_;
};

TEST_F(ServiceManagerTest, HearsEveryState) {
  for (const std::string& name : {Path(), absl::StrCat("@mpic-notify-", ::getpid())}) {
    SCOPED_TRACE(name);
    ServiceManager manager(name);
    TellServiceManager(ServiceState::kReady);
    TellServiceManager(ServiceState::kReloading);
    TellServiceManager(ServiceState::kReady);
    TellServiceManager(ServiceState::kStopping);
    EXPECT_THAT(manager.Messages(),
                ElementsAre("READY=1", MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[1-9][0-9]*"),
                            "READY=1", "STOPPING=1"));
  }
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(ServiceManagerTest, NobodyListens) {
  ::unsetenv("NOTIFY_SOCKET");
  TellServiceManager(ServiceState::kReady);
  ::setenv("NOTIFY_SOCKET", "", 1);
  TellServiceManager(ServiceState::kReady);
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(ServiceManagerTest, WhatCannotBeSentIsLogged) {
  for (const std::string& name :
       {Path(), std::string("vsock:2:1234"), absl::StrCat("/", std::string(200, 'a'))}) {
    SCOPED_TRACE(name);
    log_.clear();
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    TellServiceManager(ServiceState::kReady);
    EXPECT_THAT(log_, ElementsAre(HasSubstr("service manager not told")));
  }
}

}  // namespace
}  // namespace mpic
