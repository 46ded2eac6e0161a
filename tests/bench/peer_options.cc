#include "tests/bench/peer_options.h"

#include <pthread.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "common/program.h"

namespace mpic::bench {
namespace {

sigset_t EndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

void AddTlsOptions(CLI::App& app, config::v1::Tls& tls) {
  const auto add = [&app](const char* name, auto set) {
    return app.add_option_function<std::string>(name, set);
  };
  add("--certificate-file", [&tls](const std::string& file) {
    tls.set_certificate_file(file);
  })->required();
  add("--private-key-file", [&tls](const std::string& file) {
    tls.set_private_key_file(file);
  })->required();
  add("--trusted-ca-file", [&tls](const std::string& file) {
    tls.set_trusted_ca_file(file);
  })->required();
  add("--allowed-peer", [&tls](const std::string& name) { tls.add_allowed_peers(name); });
}

void BeginPeer() {
  LeaveLockOrderAlone();
  const sigset_t signals = EndSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void WaitForSignal() {
  const sigset_t signals = EndSignals();
  int signal = 0;
  sigwait(&signals, &signal);
}

void Fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::_Exit(1);
}

}  // namespace mpic::bench
