#include "perspective/net/tls_client_context.h"

#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>

namespace mpic::perspective {

std::unique_ptr<boost::asio::ssl::context> MakeTlsClientContext() {
  auto context = std::make_unique<boost::asio::ssl::context>(boost::asio::ssl::context::tls_client);
  context->set_verify_mode(boost::asio::ssl::verify_none);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION);
  // Every check sees the server anew.
  SSL_CTX_set_session_cache_mode(context->native_handle(), SSL_SESS_CACHE_OFF);
  return context;
}

}  // namespace mpic::perspective
