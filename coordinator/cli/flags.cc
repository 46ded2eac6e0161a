#include "coordinator/cli/flags.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/trace_context.h"

namespace mpic::coordinator::cli {
namespace {

constexpr char kFlagGroup[] = "Whom to ask, and how to answer";

void AddText(CLI::App& app, const std::string& name, std::function<void(std::string)> store,
             const std::string& description) {
  app.add_option_function<std::string>(
         name, [store = std::move(store)](const std::string& text) { store(text); }, description)
      ->group(kFlagGroup);
}

void AddTlsFlags(CLI::App& app, Flags& flags) {
  config::v1::Tls& tls = flags.tls;
  AddText(
      app, "--certificate-file", [&tls](std::string file) { tls.set_certificate_file(file); },
      "Our certificate chain (PEM)");
  AddText(
      app, "--private-key-file", [&tls](std::string file) { tls.set_private_key_file(file); },
      "Its key (PEM)");
  AddText(
      app, "--trusted-ca-file", [&tls](std::string file) { tls.set_trusted_ca_file(file); },
      "CAs of the server (PEM)");
  AddText(
      app, "--peer-name", [&flags](std::string name) { flags.peer_name = std::move(name); },
      "URI or DNS name that the server's certificate must carry");
  app.add_flag_callback(
         "--insecure-loopback", [&tls] { tls.set_insecure_loopback(true); },
         "Without TLS, to a loopback address only")
      ->group(kFlagGroup);
}

bool ParseInstant(const std::string& text, absl::Time* time) {
  std::string error;
  return absl::ParseTime("%Y-%m-%d", text, absl::UTCTimeZone(), time, &error) ||
         absl::ParseTime(absl::RFC3339_full, text, time, &error);
}

std::string RefuseDuration(const std::string& text) {
  absl::Duration span;
  if (absl::ParseDuration(text, &span) && span >= absl::Milliseconds(1) &&
      span <= absl::Hours(24)) {
    return "";
  }
  return absl::StrCat(text, " is no time span from 1ms to 24h");
}

std::string RefuseInstant(const std::string& text) {
  absl::Time time;
  return ParseInstant(text, &time) ? "" : absl::StrCat(text, " is no date and no RFC 3339 time");
}

std::string RefuseTraceparent(const std::string& text) {
  return ParseTraceparent(text).has_value() ? "" : absl::StrCat(text, " is no W3C traceparent");
}

}  // namespace

void AddFlags(CLI::App& app, Flags& flags) {
  AddText(
      app, "--server", [&flags](std::string server) { flags.server = std::move(server); },
      "host:port");
  AddTlsFlags(app, flags);
  app.add_option_function<std::string>(
         "-o,--output",
         [&flags](const std::string& format) {
           flags.output = format == "json" ? OutputFormat::kJson : OutputFormat::kTable;
         },
         "table (default) or json")
      ->transform(CLI::IsMember({"table", "json"}, CLI::ignore_case))
      ->group(kFlagGroup);
  AddDuration(
      app, "--timeout", [&flags](absl::Duration span) { flags.timeout = span; },
      "Of the whole call; 30s")
      ->group(kFlagGroup);
  AddText(
      app, "--request-id", [&flags](std::string id) { flags.request_id = std::move(id); },
      "For logs and the record");
  app.add_option_function<std::string>(
         "--traceparent", [&flags](const std::string& text) { flags.traceparent = text; },
         "W3C Trace Context to continue")
      ->check(RefuseTraceparent)
      ->group(kFlagGroup);
}

void AddEnvironment(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    if (option->get_group() != kFlagGroup) continue;
    option->envname(absl::StrCat("MPICCTL_", absl::AsciiStrToUpper(absl::StrReplaceAll(
                                                 option->get_lnames().front(), {{"-", "_"}}))));
  }
}

CLI::Option* AddDuration(CLI::App& app, const std::string& name,
                         std::function<void(absl::Duration)> store,
                         const std::string& description) {
  const auto parse = [store = std::move(store)](const std::string& text) {
    absl::Duration span;
    absl::ParseDuration(text, &span);  // RefuseDuration has looked already
    store(span);
  };
  return app.add_option_function<std::string>(name, parse, description)->check(RefuseDuration);
}

CLI::Option* AddTime(CLI::App& app, const std::string& name, std::function<void(absl::Time)> store,
                     const std::string& description) {
  const auto parse = [store = std::move(store)](const std::string& text) {
    absl::Time time;
    ParseInstant(text, &time);  // RefuseInstant has looked already
    store(time);
  };
  return app.add_option_function<std::string>(name, parse, description)->check(RefuseInstant);
}

}  // namespace mpic::coordinator::cli
