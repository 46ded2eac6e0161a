#include "tests/support/signed_dns_world.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace mpic::testing {
namespace {

constexpr char kNsd[] = "/usr/sbin/nsd";
constexpr char kUnbound[] = "/usr/sbin/unbound";

std::ptrdiff_t LabelCount(const std::string& zone) {
  return zone == "." ? 0 : std::count(zone.begin(), zone.end(), '.') + 1;
}

bool LiesIn(const std::string& zone, const std::string& parent) {
  return parent == "." || absl::EndsWith(zone, absl::StrCat(".", parent));
}

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "signed DNS world: %s\n", what.c_str());
  std::abort();
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

SignedDnsWorld::SignedDnsWorld(std::vector<SignedWorldZone> zones) {
  std::string pattern = std::filesystem::temp_directory_path() / "mpic-dns-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) Die("mkdtemp");
  directory_ = pattern;
  zones.push_back({.name = "com", .records = ""});
  zones.push_back({.name = ".", .records = ""});
  MakeZones(zones);
  std::vector<SignedWorldZone> served;
  std::copy_if(zones.begin(), zones.end(), std::back_inserter(served),
               [](const SignedWorldZone& zone) { return zone.is_served; });
  StartUnbound(zones, StartNsd("served", served),
               served.size() == zones.size() ? 0 : StartNsd("refused", {}));
}

SignedDnsWorld::~SignedDnsWorld() {
  processes_.clear();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

IpEndpoint SignedDnsWorld::resolver() const {
  return {.address = IpAddress::Parse("127.0.0.1").value(), .port = resolver_port_};
}

// From the leaves up, because a zone's keys must be known where its parent is signed.
void SignedDnsWorld::MakeZones(std::vector<SignedWorldZone> zones) {
  std::sort(zones.begin(), zones.end(), [](const SignedWorldZone& a, const SignedWorldZone& b) {
    return LabelCount(a.name) > LabelCount(b.name);
  });
  std::map<std::string, Delegations> delegations;
  for (auto zone = zones.begin(); zone != zones.end(); ++zone) {
    const std::string ds = MakeZone(directory_, *zone, delegations[zone->name]);
    // The zones that follow have fewer labels or as many.
    const auto parent = std::find_if(std::next(zone), zones.end(), [&](const SignedWorldZone& z) {
      return LiesIn(zone->name, z.name);
    });
    if (parent == zones.end()) {
      std::ofstream(directory_ + "/trust-anchor") << ds;
      continue;
    }
    Delegations& those_of_parent = delegations[parent->name];
    absl::StrAppend(ds.empty() ? &those_of_parent.insecure : &those_of_parent.secure, zone->name,
                    ". IN NS ns1.", zone->name, ".\n", ds);
  }
}

std::uint16_t SignedDnsWorld::StartNsd(const std::string& name,
                                       const std::vector<SignedWorldZone>& zones) {
  const std::uint16_t port = FreePort();
  const std::string directory = absl::StrCat(directory_, "/", name);
  std::filesystem::create_directory(directory);
  const std::string configuration = directory + "/nsd.conf";
  std::string text = absl::StrReplaceAll(kNsdConfiguration,
                                         {{"DIRECTORY", directory}, {"PORT", absl::StrCat(port)}});
  for (const SignedWorldZone& zone : zones) {
    absl::StrAppend(&text, "zone:\n  name: \"", zone.name, "\"\n  zonefile: \"",
                    ZoneFile(directory_, zone.name), "\"\n");
  }
  std::ofstream(configuration) << text;
  StartProcess(kNsd, configuration, directory + "/nsd.log");
  return port;
}

void SignedDnsWorld::StartUnbound(const std::vector<SignedWorldZone>& zones,
                                  std::uint16_t served_port, std::uint16_t refused_port) {
  resolver_port_ = FreePort();
  // A copy, since Debian's AppArmor profile ties the program at its own place to the directories of
  // the system's resolver.
  const std::string program = directory_ + "/unbound";
  std::filesystem::copy_file(kUnbound, program);
  const std::string configuration = directory_ + "/unbound.conf";
  std::string text = absl::StrReplaceAll(
      kUnboundConfiguration, {{"DIRECTORY", directory_}, {"PORT", absl::StrCat(resolver_port_)}});
  // All zones are named, because referrals would lead to port 53.
  for (const SignedWorldZone& zone : zones) {
    absl::StrAppend(&text, "stub-zone:\n  name: \"", zone.name, "\"\n  stub-addr: 127.0.0.1@",
                    zone.is_served ? served_port : refused_port, "\n");
  }
  std::ofstream(configuration) << text;
  StartProcess(program, configuration, directory_ + "/unbound.log");
}

// Both programs stay in the foreground by the same flag.
void SignedDnsWorld::StartProcess(const std::string& program, const std::string& configuration,
                                  const std::string& log) {
  processes_.emplace_back(std::vector<std::string>{program, "-d", "-c", configuration}, log);
}

}  // namespace mpic::testing
