// The TLS that every check speaks as a client.
#ifndef MPIC_PERSPECTIVE_NET_TLS_CLIENT_CONTEXT_H_
#define MPIC_PERSPECTIVE_NET_TLS_CLIENT_CONTEXT_H_

#include <memory>

namespace boost::asio::ssl {
class context;
}

namespace mpic::perspective {

// TLS 1.2 or 1.3, no renegotiation, no resumption, and no look at the certificate's chain, dates or
// purposes: a domain without control validation cannot have a trusted one yet.
std::unique_ptr<boost::asio::ssl::context> MakeTlsClientContext();

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_TLS_CLIENT_CONTEXT_H_
