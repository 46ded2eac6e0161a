#include "tests/support/nginx_server.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "tests/support/web_world.h"

namespace mpic::testing {
namespace {

bool Accepts(std::uint16_t port) {
  const int probe = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const bool connected =
      connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(probe);
  return connected;
}

constexpr char kConfiguration[] = R"(
daemon off;
master_process off;
pid DIRECTORY/nginx.pid;
error_log DIRECTORY/error.log;
events {}
http {
  access_log off;
  client_body_temp_path DIRECTORY/tmp; proxy_temp_path DIRECTORY/tmp;
  fastcgi_temp_path DIRECTORY/tmp; uwsgi_temp_path DIRECTORY/tmp; scgi_temp_path DIRECTORY/tmp;
  gzip on; gzip_min_length 1; gzip_types *;
  absolute_redirect off;  # nginx would name its own port
  ssl_protocols TLSv1.2;
  server {
    listen 127.0.0.1:HTTP_PORT default_server;
    listen 127.0.0.1:HTTPS_PORT ssl http2 default_server;
    ssl_certificate CERTIFICATE;
    ssl_certificate_key PRIVATE_KEY;
    root DIRECTORY/www;
  }
  server {
    listen 127.0.0.1:HTTP_PORT;
    server_name www.example.com;
    return 301 https://shop.example.com$request_uri;
  }
  server {
    listen 127.0.0.1:HTTP_PORT;
    server_name loop.example.com;
    return 302 /again;
  }
ODD_SERVERS
}
)";

// As people set them up, each with the proof in reach. The name of the host says what it does.
constexpr char kOddServers[] = R"(
  server {
    listen 127.0.0.1:HTTP2_PORT http2;  # without TLS, and nothing else
    root DIRECTORY/www;
  }
  server {
    listen 127.0.0.1:HTTP_PORT;
    server_name chunks.example.com;
    root DIRECTORY/www;
    ssi on; ssi_types *;
  }
  server {
    listen 127.0.0.1:HTTP_PORT;
    server_name compressed.example.com;
    root DIRECTORY/www;
    gzip_static always;
  }
  server {
    listen 127.0.0.1:HTTP_PORT;
    server_name front-page.example.com;  # for whatever it does not have
    root DIRECTORY/www/.well-known/pki-validation;
    error_page 404 =200 /proof.html;
  }
  server {
    listen 127.0.0.1:HTTP_PORT;
    server_name password.example.com;
    root DIRECTORY/www;
    auth_basic "members";
    auth_basic_user_file DIRECTORY/nobody;
  }
  server {
    listen 127.0.0.1:HTTP_PORT;
    server_name dead-backend.example.com;
    location / { proxy_pass http://unix:DIRECTORY/nobody; }
  }
  server {
    listen 127.0.0.1:HTTP_PORT;
    server_name partial.example.com;
    return 206 KEY_AUTHORIZATION;
  }
  server {
    listen 127.0.0.1:HTTP_PORT;
    server_name silent.example.com;
    return 444;
  }
  server {
    listen 127.0.0.1:HTTP_PORT;
    server_name other-port.example.com;
    return 308 http://shop.example.com:8080$request_uri;
  }
  server {
    listen 127.0.0.1:HTTP_PORT;
    server_name nowhere.example.com;
    return 303 /.well-known/pki-validation/proof.txt;
  }
  server {
    listen 127.0.0.1:HTTP_PORT;
    listen 127.0.0.1:HTTPS_PORT ssl;
    server_name unknown-name.example.com;
    if ($scheme = http) { return 301 https://$host$request_uri; }
    ssl_reject_handshake on;
  }
  server {
    listen 127.0.0.1:HTTP_PORT;
    listen 127.0.0.1:HTTPS_PORT ssl;
    server_name members.example.com;
    root DIRECTORY/www;
    if ($scheme = http) { return 301 https://$host$request_uri; }
    ssl_certificate CERTIFICATE;
    ssl_certificate_key PRIVATE_KEY;
    ssl_client_certificate CERTIFICATE;
    ssl_verify_client on;
  }
)";

// As one stored block, so that the key authorization stands in it.
std::string GzippedKeyAuthorization() {
  const std::string head("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10);
  const std::string block("\x01\x57\x00\xa8\xff", 5);
  const std::string crc_and_size("\x38\x22\xff\xdc\x57\x00\x00\x00", 8);
  return absl::StrCat(head, block, KeyAuthorizationText(), crc_and_size);
}

}  // namespace

NginxServer::NginxServer()
    : http_port_(FreePort()), https_port_(FreePort()), http2_port_(FreePort()) {
  WriteConfiguration();
  const std::string challenge = absl::StrCat(".well-known/acme-challenge/", kToken);
  Publish(challenge, KeyAuthorizationText() + "\n");
  Publish(challenge + ".gz", GzippedKeyAuthorization());
  Publish(".well-known/pki-validation/proof.txt", absl::StrCat("x ", kRandomValue, "\n"));
  Publish(".well-known/pki-validation/proof.html",
          absl::StrCat("<!DOCTYPE html><title>x</title><meta name=ca content=", kRandomValue,
                       "><p>", kRandomValue, "\n"));
  Start();
}

void NginxServer::WriteConfiguration() {
  const test::TestCertificateFiles files =
      ca_.Issue("web", {.dns_sans = {"unrelated.example.org"}});
  std::ofstream(directory_ + "/nginx.conf")
      << absl::StrReplaceAll(absl::StrReplaceAll(kConfiguration, {{"ODD_SERVERS", kOddServers}}),
                             {{"DIRECTORY", directory_},
                              {"HTTP_PORT", std::to_string(http_port_)},
                              {"HTTPS_PORT", std::to_string(https_port_)},
                              {"HTTP2_PORT", std::to_string(http2_port_)},
                              {"KEY_AUTHORIZATION", KeyAuthorizationText()},
                              {"CERTIFICATE", files.certificate},
                              {"PRIVATE_KEY", files.private_key}});
}

void NginxServer::Publish(const std::string& path, const std::string& content) {
  const std::filesystem::path file = directory_ + "/www/" + path;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file) << content;
}

void NginxServer::Start() {
  const std::string error_log = directory_ + "/error.log";
  process_.emplace(std::vector<std::string>{"/usr/sbin/nginx", "-e", error_log, "-c",
                                            directory_ + "/nginx.conf"},
                   directory_ + "/output");
  for (int wait = 0; wait < 1000 && !Accepts(http_port_); ++wait) {
    absl::SleepFor(absl::Milliseconds(10));
  }
  ASSERT_TRUE(Accepts(http_port_)) << "nginx does not start; see " << error_log;
}

}  // namespace mpic::testing
