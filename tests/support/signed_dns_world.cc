#include "tests/support/signed_dns_world.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace mpic::testing {
namespace {

constexpr char kNsd[] = "/usr/sbin/nsd";
constexpr char kUnbound[] = "/usr/sbin/unbound";

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "signed DNS world: %s\n", what.c_str());
  std::abort();
}

std::string ReadText(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What a command line of fixed words prints.
std::string Output(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) Die(command);
  std::string output;
  char buffer[256];
  while (std::fgets(buffer, sizeof(buffer), pipe) != nullptr) output += buffer;
  if (pclose(pipe) != 0) Die(absl::StrCat("failed: ", command));
  return output;
}

// A port that is free for UDP and TCP alike: the programs cannot choose one themselves.
std::uint16_t FreePort() {
  for (int attempt = 0; attempt < 100; ++attempt) {
    const int udp = socket(AF_INET, SOCK_DGRAM, 0);
    const int tcp = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    const bool free = bind(udp, generic, size) == 0 && getsockname(udp, generic, &size) == 0 &&
                      bind(tcp, generic, size) == 0;
    close(udp);
    close(tcp);
    if (free) return ntohs(address.sin_port);
  }
  Die("no free port");
}

// In the foreground, output to `log`; ends with this process, however that ends.
pid_t StartProcess(const std::string& program, const std::string& configuration,
                   const std::string& log) {
  const pid_t child = fork();
  if (child < 0) Die("fork");
  if (child > 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  execl(program.c_str(), program.c_str(), "-d", "-c", configuration.c_str(), nullptr);
  _exit(127);
}

constexpr char kNsdConfiguration[] = R"(server:
  ip-address: 127.0.0.1@PORT
  username: ""
  database: ""
  zonesdir: "DIRECTORY"
  pidfile: "DIRECTORY/nsd.pid"
  xfrdfile: "DIRECTORY/nsd.xfrd"
  xfrdir: "DIRECTORY"
  zonelistfile: "DIRECTORY/nsd.zonelist"
  server-count: 1
remote-control:
  control-enable: no
)";

constexpr char kUnboundConfiguration[] = R"(server:
  interface: 127.0.0.1
  port: PORT
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  do-ip6: no
  username: ""
  chroot: ""
  directory: "DIRECTORY"
  pidfile: "DIRECTORY/unbound.pid"
  use-syslog: no
  logfile: ""
  num-threads: 1
  msg-cache-size: 256k
  rrset-cache-size: 512k
  key-cache-size: 256k
  module-config: "validator iterator"
  trust-anchor-file: "DIRECTORY/trust-anchor"
  val-log-level: 2
  ede: yes
  harden-dnssec-stripped: yes
remote-control:
  control-enable: no
)";

}  // namespace

SignedDnsWorld::SignedDnsWorld(const std::vector<SignedWorldZone>& zones) {
  std::string pattern = std::filesystem::temp_directory_path() / "mpic-dns-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) Die("mkdtemp");
  directory_ = pattern;
  std::string delegations;
  std::vector<std::string> names = {".", "com"};
  for (const SignedWorldZone& zone : zones) {
    absl::StrAppend(&delegations, zone.name, ". IN NS ns1.", zone.name, ".\n");
    names.push_back(zone.name);
  }
  WriteZone(".", "com. IN NS ns1.com.\n");
  WriteZone("com", delegations);
  for (const SignedWorldZone& zone : zones) {
    WriteZone(zone.name, zone.records);
    if (zone.is_signed) Sign(zone.name, "com");
    if (zone.tampered_from.empty()) continue;
    const std::string text = ReadText(ZoneFile(zone.name));
    std::ofstream(ZoneFile(zone.name))
        << absl::StrReplaceAll(text, {{zone.tampered_from, zone.tampered_to}});
  }
  Sign("com", ".");
  Sign(".", "");
  StartNsd(names);
  StartUnbound(names);
}

SignedDnsWorld::~SignedDnsWorld() {
  for (const pid_t process : processes_) {
    kill(process, SIGTERM);
    waitpid(process, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

IpEndpoint SignedDnsWorld::resolver() const {
  return {.address = IpAddress::Parse("127.0.0.1").value(), .port = resolver_port_};
}

std::string SignedDnsWorld::ZoneFile(absl::string_view zone) const {
  return absl::StrCat(directory_, "/", zone == "." ? "root" : zone, ".zone");
}

void SignedDnsWorld::WriteZone(const std::string& zone, const std::string& records) const {
  const std::string origin = zone == "." ? "." : absl::StrCat(zone, ".");
  const std::string server = absl::StrCat("ns1", zone == "." ? "." : absl::StrCat(".", origin));
  std::ofstream(ZoneFile(zone)) << absl::StrCat(
      "$ORIGIN ", origin, "\n$TTL 60\n@ IN SOA ", server, " hostmaster.", server,
      " 1 3600 600 86400 5\n@ IN NS ", server, "\n", server, " IN A 127.0.0.1\n", records);
}

void SignedDnsWorld::Sign(const std::string& zone, const std::string& parent) const {
  const std::string in_directory = absl::StrCat("cd ", directory_, " && ");
  const std::string key(absl::StripAsciiWhitespace(
      Output(absl::StrCat(in_directory, "ldns-keygen -k -a ECDSAP256SHA256 ", zone))));
  const std::string file = ZoneFile(zone);
  const std::string expires =
      absl::FormatTime("%Y%m%d", absl::Now() + absl::Hours(24 * 7), absl::UTCTimeZone());
  Output(absl::StrCat(in_directory, "ldns-signzone -e ", expires, " -f ", file, ".signed ", file,
                      " ", key));
  std::filesystem::rename(file + ".signed", file);
  const std::string key_file = absl::StrCat(directory_, "/", key);
  if (parent.empty()) {
    std::filesystem::copy_file(key_file + ".key", directory_ + "/trust-anchor");
  } else {
    std::ofstream(ZoneFile(parent), std::ios::app) << ReadText(key_file + ".ds");
  }
}

void SignedDnsWorld::StartNsd(const std::vector<std::string>& zones) {
  nsd_port_ = FreePort();
  const std::string configuration = directory_ + "/nsd.conf";
  std::string text = absl::StrReplaceAll(
      kNsdConfiguration, {{"DIRECTORY", directory_}, {"PORT", absl::StrCat(nsd_port_)}});
  for (const std::string& zone : zones) {
    absl::StrAppend(&text, "zone:\n  name: \"", zone, "\"\n  zonefile: \"", ZoneFile(zone), "\"\n");
  }
  std::ofstream(configuration) << text;
  processes_.push_back(StartProcess(kNsd, configuration, directory_ + "/nsd.log"));
}

void SignedDnsWorld::StartUnbound(const std::vector<std::string>& zones) {
  resolver_port_ = FreePort();
  // A copy, since Debian's AppArmor profile ties the program at its own place to the directories of
  // the system's resolver.
  const std::string program = directory_ + "/unbound";
  std::filesystem::copy_file(kUnbound, program);
  const std::string configuration = directory_ + "/unbound.conf";
  std::string text = absl::StrReplaceAll(
      kUnboundConfiguration, {{"DIRECTORY", directory_}, {"PORT", absl::StrCat(resolver_port_)}});
  // All zones are named, because referrals would lead to port 53.
  for (const std::string& zone : zones) {
    absl::StrAppend(&text, "stub-zone:\n  name: \"", zone, "\"\n  stub-addr: 127.0.0.1@", nsd_port_,
                    "\n");
  }
  std::ofstream(configuration) << text;
  processes_.push_back(StartProcess(program, configuration, directory_ + "/unbound.log"));
}

}  // namespace mpic::testing
