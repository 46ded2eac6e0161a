#include "common/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/log.h"

namespace mpic {
namespace {

std::int64_t MonotonicMicroseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

std::string MessageOf(ServiceState state) {
  switch (state) {
    case ServiceState::kReady:
      return "READY=1";
    case ServiceState::kReloading:
      // The time is what Type=notify-reload asks for, since systemd 253; others pass over it.
      return absl::StrCat("RELOADING=1\nMONOTONIC_USEC=", MonotonicMicroseconds());
    case ServiceState::kStopping:
      return "STOPPING=1";
  }
  std::abort();
}

absl::Status Send(absl::string_view socket_name, absl::string_view message) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const bool abstract = socket_name[0] == '@';
  if ((!abstract && socket_name[0] != '/') || socket_name.size() >= sizeof address.sun_path) {
    return absl::InvalidArgumentError("NOTIFY_SOCKET names no socket of this machine");
  }
  socket_name.copy(address.sun_path, socket_name.size());
  if (abstract) address.sun_path[0] = '\0';
  const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return absl::ErrnoToStatus(errno, "socket");
  const absl::Cleanup close = [descriptor] { ::close(descriptor); };
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_name.size());
  const ssize_t sent = ::sendto(descriptor, message.data(), message.size(), MSG_NOSIGNAL,
                                reinterpret_cast<const sockaddr*>(&address), length);
  return sent < 0 ? absl::ErrnoToStatus(errno, absl::StrCat("send to ", socket_name))
                  : absl::OkStatus();
}

}  // namespace

void TellServiceManager(ServiceState state) {
  const char* const socket_name = std::getenv("NOTIFY_SOCKET");
  if (socket_name == nullptr || *socket_name == '\0') return;
  const std::string message = MessageOf(state);
  const absl::Status sent = Send(socket_name, message);
  if (sent.ok()) return;
  Log(LogLevel::kWarning, "service manager not told",
      {{"state", message}, {"reason", sent.message()}});
}

}  // namespace mpic
