// gRPC's own messages as lines of our log, so that stderr holds nothing but JSON.
#ifndef MPIC_COMMON_GRPC_LOG_H_
#define MPIC_COMMON_GRPC_LOG_H_

namespace mpic {

// From now on gRPC logs through Log as "grpc", with file and line. Its errors, which are mostly
// what peers did (a failed handshake), become warnings, within LogLimit for each of its files; the
// rest debug. Failed handshakes are counted, all of them, and logged as "handshake failed" with the
// reason by which they are counted, within LogLimit for each (common/handshake_failures.h). Once,
// after InitLog.
void RouteGrpcLog();

}  // namespace mpic

#endif  // MPIC_COMMON_GRPC_LOG_H_
