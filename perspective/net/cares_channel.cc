#include "perspective/net/cares_channel.h"

#include <sys/time.h>

#include <boost/system/error_code.hpp>
#include <chrono>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "perspective/net/dns_message.h"

namespace mpic::perspective {
namespace asio = boost::asio;

// A descriptor that c-ares owns and Asio only watches.
struct CaresChannel::Socket {
  Socket(asio::io_context& loop, ares_socket_t fd) : descriptor(loop, fd) {}
  // c-ares closes it; Asio must let go without closing.
  ~Socket() { descriptor.release(); }

  asio::posix::stream_descriptor descriptor;
  bool want_read = false;
  bool want_write = false;
  bool waiting_read = false;
  bool waiting_write = false;
};

// What c-ares gives back with a reply.
struct CaresChannel::Query {
  CaresChannel& channel;
  OnReply on_reply;
};

CaresChannel::CaresChannel(asio::io_context& loop) : loop_(loop), timer_(loop) {}

CaresChannel::~CaresChannel() {
  // Ends every query by EndQuery and closes the sockets through OnSocketState.
  if (channel_ != nullptr) ares_destroy(channel_);
}

absl::StatusOr<std::unique_ptr<CaresChannel>> CaresChannel::Create(asio::io_context& loop,
                                                                   const Options& options) {
  auto channel = std::unique_ptr<CaresChannel>(new CaresChannel(loop));
  ares_options settings{};
  // NOCHECKRESP: SERVFAIL and its kin are answers that we read ourselves. IGNTC: so is truncation.
  // No STAYOPEN: an idle channel lets go of its socket, so that the next query comes from another
  // random port (RFC 5452 section 4.5).
  settings.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_IGNTC | ARES_FLAG_EDNS;
  if (options.transport == Transport::kTcp) settings.flags |= ARES_FLAG_USEVC;
  settings.timeout = static_cast<int>(absl::ToInt64Milliseconds(options.timeout));
  settings.tries = 1;
  settings.ednspsz = kDnsUdpOctetsMax;
  // Whole names go to one resolver, whatever resolv.conf and its like say: where all of this is
  // set, c-ares does not read them, at every new channel.
  char lookups[] = "b";
  settings.lookups = lookups;
  settings.ndots = 1;
  // Many replies come between two turns of the loop; the kernel caps this at net.core.rmem_max.
  settings.socket_receive_buffer_size = 4 << 20;
  settings.sock_state_cb = &CaresChannel::OnSocketState;
  settings.sock_state_cb_data = channel.get();
  const int rc = ares_init_options(&channel->channel_, &settings,
                                   ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
                                       ARES_OPT_EDNSPSZ | ARES_OPT_SOCK_STATE_CB |
                                       ARES_OPT_SOCK_RCVBUF | ARES_OPT_LOOKUPS | ARES_OPT_NDOTS |
                                       ARES_OPT_DOMAINS | ARES_OPT_SERVERS | ARES_OPT_SORTLIST);
  if (rc != ARES_SUCCESS) {
    channel->channel_ = nullptr;
    return absl::InternalError(absl::StrCat("c-ares: ", ares_strerror(rc)));
  }
  const int servers =
      ares_set_servers_ports_csv(channel->channel_, options.resolver.text().c_str());
  if (servers != ARES_SUCCESS) {
    return absl::InvalidArgumentError(
        absl::StrCat("resolver ", options.resolver.text(), ": ", ares_strerror(servers)));
  }
  return channel;
}

void CaresChannel::OnSocketState(void* self, ares_socket_t fd, int readable, int writable) {
  auto& channel = *static_cast<CaresChannel*>(self);
  if (readable == 0 && writable == 0) {
    const auto found = channel.sockets_.find(fd);
    if (found == channel.sockets_.end()) return;
    const std::shared_ptr<Socket> socket = found->second;
    channel.sockets_.erase(found);
    socket->want_read = socket->want_write = false;
    socket->descriptor.release();
    return;
  }
  std::shared_ptr<Socket>& socket = channel.sockets_[fd];
  if (!socket) socket = std::make_shared<Socket>(channel.loop_, fd);
  socket->want_read = readable != 0;
  socket->want_write = writable != 0;
  channel.Watch(socket, /*for_reading=*/true);
  channel.Watch(socket, /*for_reading=*/false);
}

void CaresChannel::Watch(const std::shared_ptr<Socket>& socket, bool for_reading) {
  bool& waiting = for_reading ? socket->waiting_read : socket->waiting_write;
  const bool wanted = for_reading ? socket->want_read : socket->want_write;
  if (waiting || !wanted) return;
  waiting = true;
  const auto what = for_reading ? asio::posix::descriptor_base::wait_read
                                : asio::posix::descriptor_base::wait_write;
  socket->descriptor.async_wait(what, [this, weak = std::weak_ptr<Socket>(socket),
                                       for_reading](boost::system::error_code error) {
    // A gone socket means that the channel let go of it, or is itself gone.
    const std::shared_ptr<Socket> alive = weak.lock();
    if (!alive) return;
    (for_reading ? alive->waiting_read : alive->waiting_write) = false;
    if (error || !alive->descriptor.is_open()) return;
    const ares_socket_t fd = alive->descriptor.native_handle();
    Process(for_reading ? fd : ARES_SOCKET_BAD, for_reading ? ARES_SOCKET_BAD : fd);
    Watch(alive, for_reading);
  });
}

void CaresChannel::Process(ares_socket_t read_fd, ares_socket_t write_fd) {
  ares_process_fd(channel_, read_fd, write_fd);
  if (idle()) {
    timer_.cancel();
    timer_armed_ = false;
  } else {
    ArmTimer();
  }
}

void CaresChannel::ArmTimer() {
  // All queries have the same time, and only one try: whoever comes later times out later.
  timeval next{};
  if (timer_armed_ || ares_timeout(channel_, nullptr, &next) == nullptr) return;
  timer_armed_ = true;
  timer_.expires_after(std::chrono::seconds(next.tv_sec) + std::chrono::microseconds(next.tv_usec));
  timer_.async_wait([this, alive = std::weak_ptr<bool>(alive_)](boost::system::error_code error) {
    // A timer that has just fired reports success even when the channel is destroyed meanwhile.
    if (error || alive.expired()) return;
    timer_armed_ = false;
    Process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  });
}

void CaresChannel::EndQuery(void* query, int status, int /*timeouts*/, unsigned char* data,
                            int length) noexcept {
  const std::unique_ptr<Query> owned(static_cast<Query*>(query));
  --owned->channel.under_way_;
  RawDnsReply reply{.ares_status = status};
  if (status == ARES_SUCCESS && data != nullptr) {
    reply.message =
        absl::string_view(reinterpret_cast<const char*>(data), static_cast<std::size_t>(length));
  }
  owned->on_reply(reply);
}

void CaresChannel::Send(absl::string_view query, OnReply on_reply) {
  ++under_way_;
  ares_send(channel_, reinterpret_cast<const unsigned char*>(query.data()),
            static_cast<int>(query.size()), &CaresChannel::EndQuery,
            new Query{.channel = *this, .on_reply = std::move(on_reply)});
  ArmTimer();
}

}  // namespace mpic::perspective
