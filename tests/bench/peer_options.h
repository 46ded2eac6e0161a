// What the peers of `make bench` have in common on their command lines: mutual TLS and the end.
#ifndef MPIC_TESTS_BENCH_PEER_OPTIONS_H_
#define MPIC_TESTS_BENCH_PEER_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <string>

#include "mpic/config/v1/common.pb.h"

namespace mpic::bench {

// --certificate-file, --private-key-file, --trusted-ca-file and --allowed-peer, into `tls`. All but
// the last are required.
void AddTlsOptions(CLI::App& app, config::v1::Tls& tls);

// The first thing in main, as in our programs: leaves the order of locks alone, and blocks SIGTERM
// and SIGINT in every thread that starts afterwards.
void BeginPeer();
// Waits for one of them.
void WaitForSignal();

// Ends the program with what went wrong.
[[noreturn]] void Fail(const std::string& what);

}  // namespace mpic::bench

#endif  // MPIC_TESTS_BENCH_PEER_OPTIONS_H_
