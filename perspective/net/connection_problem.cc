#include "perspective/net/connection_problem.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/system/errc.hpp>

#include "absl/strings/str_cat.h"

namespace mpic::perspective {

ProblemKind ConnectionProblemKind(const boost::system::error_code& error) {
  namespace errc = boost::system::errc;
  const boost::system::error_condition condition = error.default_error_condition();
  if (condition == errc::connection_refused) return v1::Problem::CONN_REFUSED;
  if (condition == errc::timed_out) return v1::Problem::CONN_TIMEOUT;
  for (const auto no_way : {errc::network_unreachable, errc::host_unreachable, errc::network_down,
                            errc::address_not_available, errc::address_family_not_supported,
                            errc::permission_denied, errc::operation_not_permitted}) {
    if (condition == no_way) return v1::Problem::CONN_UNREACHABLE;
  }
  for (const auto ours : {errc::too_many_files_open, errc::too_many_files_open_in_system,
                          errc::no_buffer_space, errc::not_enough_memory}) {
    if (condition == ours) return v1::Problem::INTERNAL_ERROR;
  }
  return v1::Problem::CONN_RESET;
}

ProblemKind TlsProblemKind(unsigned long openssl_error) {
  switch (ERR_GET_REASON(openssl_error)) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_BAD_PACKET_LENGTH:
      return v1::Problem::NOT_TLS;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_WRONG_SSL_VERSION:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return v1::Problem::TLS_VERSION;
    default:
      return v1::Problem::TLS_ALERT;
  }
}

Problem ConnectionProblem(absl::string_view attempt, const boost::system::error_code& error) {
  ProblemKind kind = ConnectionProblemKind(error);
  if (error == boost::beast::error::timeout) kind = v1::Problem::CONN_TIMEOUT;
  if (error.category() == boost::asio::error::get_ssl_category()) {
    kind = TlsProblemKind(static_cast<unsigned long>(error.value()));
  }
  return {kind, absl::StrCat(attempt, ": ", error.message())};
}

Problem ReservedProblem(const IpAddress& address) {
  return {v1::Problem::ADDR_RESERVED,
          absl::StrCat("connect to ", address.text(), ": the address may not be connected to")};
}

Problem CrowdedProblem(const IpAddress& address) {
  return {v1::Problem::OVERLOADED,
          absl::StrCat("connect to ", address.text(),
                       ": as many connections are open to this address as may be")};
}

}  // namespace mpic::perspective
