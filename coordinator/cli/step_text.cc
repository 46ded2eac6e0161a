#include "coordinator/cli/step_text.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/proto_time.h"
#include "coordinator/cli/check_text.h"
#include "coordinator/cli/terminal_text.h"

namespace mpic::coordinator::cli {
namespace {

// IANA DNS parameters; RFC 3597 section 5 for the rest.
std::string TypeText(std::uint32_t qtype) {
  switch (qtype) {
    case 1:
      return "A";
    case 5:
      return "CNAME";
    case 12:
      return "PTR";
    case 16:
      return "TXT";
    case 28:
      return "AAAA";
    case 43:
      return "DS";
    case 257:
      return "CAA";
    default:
      return absl::StrCat("TYPE", qtype);
  }
}

std::string RcodeText(std::uint32_t rcode) {
  switch (rcode) {
    case 0:
      return "NOERROR";
    case 2:
      return "SERVFAIL";
    case 3:
      return "NXDOMAIN";
    case 5:
      return "REFUSED";
    default:
      return absl::StrCat("RCODE", rcode);
  }
}

std::string DnssecText(v1::DnssecStatus status) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(v1::DnssecStatus_Name(status)), {{"_", " "}});
}

std::string DnsAnswerText(const v1::DnsStep& dns) {
  if (!dns.answered()) return "no answer";
  const auto records = static_cast<std::uint32_t>(dns.rdata_size()) + dns.rdata_omitted();
  std::string text =
      absl::StrCat(RcodeText(dns.rcode()), ", ", records, records == 1 ? " record, " : " records, ",
                   DnssecText(dns.dnssec()));
  for (const std::string& name : dns.cname_chain()) {
    absl::StrAppend(&text, ", CNAME ", ForTerminal(name));
  }
  for (const auto& error : dns.extended_errors()) {
    absl::StrAppend(&text, ", EDE ", error.info_code());
  }
  return text;
}

std::string HttpAnswerText(const v1::HttpStep& http) {
  if (http.status() == 0) return "no response";
  return absl::StrCat("status ", http.status(),
                      http.location().empty() ? "" : ", to " + ForTerminal(http.location()));
}

std::string TlsAnswerText(const v1::TlsStep& tls) {
  if (tls.tls_version().empty()) return "no handshake";
  return absl::StrCat(ForTerminal(tls.tls_version()), ", ALPN ",
                      tls.selected_alpn().empty() ? "none" : ForTerminal(tls.selected_alpn()));
}

std::string At(const std::string& address, std::uint32_t port) {
  if (address.empty()) return "";
  return absl::StrCat(" at ", ForTerminal(address), " port ", port);
}

// The cells of a DnsStep, HttpStep or TlsStep.
template <typename StepOf>
std::vector<std::string> Cells(const StepOf& step, const std::string& question,
                               const std::string& answer, const v1::Problem& told) {
  const bool again = step.problem().detail() == told.detail();
  const std::string problem = again ? "" : ProblemText(step.problem());
  return {step.has_elapsed() ? TimeText(FromProtoDuration(step.elapsed())) : "-",
          absl::StrCat(question, ": ", answer, problem.empty() ? "" : "; ", problem)};
}

}  // namespace

std::vector<std::string> StepCells(const v1::Step& step, const v1::Problem& told) {
  switch (step.step_case()) {
    case v1::Step::kDns: {
      const v1::DnsStep& dns = step.dns();
      const std::string question =
          absl::StrCat("DNS ", TypeText(dns.qtype()), " ", ForTerminal(dns.qname()));
      return Cells(dns, question, DnsAnswerText(dns), told);
    }
    case v1::Step::kHttp: {
      const v1::HttpStep& http = step.http();
      const std::string question =
          absl::StrCat("GET ", ForTerminal(http.url()), At(http.used_address(), http.port()));
      return Cells(http, question, HttpAnswerText(http), told);
    }
    case v1::Step::kTls: {
      const v1::TlsStep& tls = step.tls();
      const std::string question =
          absl::StrCat("TLS ", ForTerminal(tls.server_name()), At(tls.address(), tls.port()));
      return Cells(tls, question, TlsAnswerText(tls), told);
    }
    case v1::Step::STEP_NOT_SET:
      break;
  }
  return {"-", "a step of a newer version"};
}

}  // namespace mpic::coordinator::cli
