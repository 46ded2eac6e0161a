// One c-ares channel driven by an Asio loop: octets out, octets back.
#ifndef MPIC_PERSPECTIVE_NET_CARES_CHANNEL_H_
#define MPIC_PERSPECTIVE_NET_CARES_CHANNEL_H_

#include <ares.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <map>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/ip_address.h"

namespace mpic::perspective {

// What came back for one query: a whole message, or c-ares' reason why none did.
struct RawDnsReply {
  int ares_status = 0;  // ARES_SUCCESS: `message` is a reply, whatever its rcode
  absl::string_view message;
};

// Lives on one loop, is used and destroyed only on its thread or after the loop has stopped. Sends
// each query once (retries are the caller's), by UDP or by TCP as created; a query ends by itself
// after `timeout`. c-ares can only cancel a whole channel: destruction ends the queries under way
// with ARES_EDESTRUCTION.
class CaresChannel {
 public:
  enum class Transport { kUdp, kTcp };
  struct Options {
    IpEndpoint resolver;
    Transport transport = Transport::kUdp;
    absl::Duration timeout;
  };

  // Called once for each query, from inside c-ares: the channel must be left alone meanwhile, and
  // the message is gone afterwards.
  using OnReply = absl::AnyInvocable<void(const RawDnsReply&)>;

  static absl::StatusOr<std::unique_ptr<CaresChannel>> Create(boost::asio::io_context& loop,
                                                              const Options& options);
  ~CaresChannel();
  CaresChannel(const CaresChannel&) = delete;
  CaresChannel& operator=(const CaresChannel&) = delete;

  // Sends a wire-form query whose id is the caller's. A query that cannot be sent ends on this
  // stack.
  void Send(absl::string_view query, OnReply on_reply);
  // No query is under way.
  bool idle() const { return under_way_ == 0; }

 private:
  struct Socket;
  struct Query;

  explicit CaresChannel(boost::asio::io_context& loop);

  static void OnSocketState(void* self, ares_socket_t fd, int readable, int writable);
  static void EndQuery(void* query, int status, int timeouts, unsigned char* data,
                       int length) noexcept;

  void Watch(const std::shared_ptr<Socket>& socket, bool for_reading);
  void Process(ares_socket_t read_fd, ares_socket_t write_fd);
  void ArmTimer();

  boost::asio::io_context& loop_;
  boost::asio::steady_timer timer_;
  bool timer_armed_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // gone: this is gone
  std::size_t under_way_ = 0;
  ares_channel channel_ = nullptr;
  std::map<ares_socket_t, std::shared_ptr<Socket>> sockets_;
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_CARES_CHANNEL_H_
