#include "coordinator/cli/result_text.h"

#include <gtest/gtest.h>

#include "coordinator/cli/json.h"

namespace mpic::coordinator::cli {
namespace {

std::string Text(const std::string& check_json, const std::string& result_json) {
  v1::Check check;
  v1::CheckResult result;
  EXPECT_TRUE(FromJson(check_json, check).ok());
  EXPECT_TRUE(FromJson(result_json, result).ok());
  return ToText(check, result);
}

TEST(ResultTextTest, TellsEveryStepOfAPass) {
  EXPECT_EQ(Text(R"({"identifier": {"dns_name": "www.example.com"}, "http_01": {}})", R"({
    "outcome": "PASSED", "observed_value": "t.p", "perspective": {"perspective_id": "tokyo",
        "region": "ap-northeast-1", "rir": "APNIC", "software": "mpic-perspective/0.1.0"},
    "started_at": "2026-11-23T12:00:00Z", "finished_at": "2026-11-23T12:00:00.150Z",
    "steps": [
      {"dns": {"qname": "www.example.com", "qtype": 28, "answered": true, "dnssec": "SECURE",
               "rdata": ["AAAA"], "cname_chain": ["cdn.example.com"], "elapsed": "0.002s"}},
      {"dns": {"qname": "example.com", "qtype": 43, "answered": true, "dnssec": "INSECURE"}},
      {"dns": {"qname": "www.example.com", "qtype": 65, "rcode": 3, "answered": true,
               "dnssec": "NOT_SECURE", "elapsed": "0.0001s"}},
      {"http": {"url": "http://www.example.com/f", "used_address": "2001:db8::1", "port": 80,
                "elapsed": "0.100s", "problem": {"kind": "CONN_REFUSED", "detail": "refused"}}},
      {"http": {"url": "http://www.example.com/f", "used_address": "192.0.2.1", "port": 80,
                "status": 301, "location": "https://b.example/", "elapsed": "0.012s"}},
      {"tls": {"address": "192.0.2.1", "port": 443, "server_name": "b.example",
               "tls_version": "TLSv1.3", "selected_alpn": "acme-tls/1"}}]
  })"),
            "www.example.com  http-01  PASSED  150 ms\n"
            "  tokyo, ap-northeast-1, APNIC, mpic-perspective/0.1.0\n"
            "  observed t.p\n"
            "    2 ms  DNS AAAA www.example.com: NOERROR, 1 record, secure, CNAME cdn.example.com\n"
            "       -  DNS DS example.com: NOERROR, 0 records, insecure\n"
            "   <1 ms  DNS TYPE65 www.example.com: NXDOMAIN, 0 records, not secure\n"
            "  100 ms  GET http://www.example.com/f at 2001:db8::1 port 80: no response; "
            "CONN_REFUSED: refused\n"
            "   12 ms  GET http://www.example.com/f at 192.0.2.1 port 80: status 301, "
            "to https://b.example/\n"
            "       -  TLS b.example at 192.0.2.1 port 443: TLSv1.3, ALPN acme-tls/1\n");
}

TEST(ResultTextTest, TellsWhatADiscoveryFound) {
  EXPECT_EQ(Text(R"({"identifier": {"dns_name": "a.example"}, "txt_email_contact": {}})", R"({
    "outcome": "PASSED", "perspective": {"perspective_id": "t", "region": "r", "rir": "APNIC",
        "software": "s"},
    "contact": {"found_at": "x", "usable_contacts": ["a@a.example", "\u00fc@a.example"]}})"),
            "a.example  txt-email-contact  PASSED  -\n"
            "  t, r, APNIC, s\n"
            "  contacts a@a.example, \\xc3\\xbc@a.example\n");
  EXPECT_EQ(Text(R"({"identifier": {"ip_address": "192.0.2.1"}, "reverse_lookup": {}})", R"({
    "outcome": "PASSED", "observed_value": "a.example",
    "perspective": {"perspective_id": "t", "region": "r", "rir": "APNIC", "software": "s"},
    "reverse_lookup": {"names": ["a.example", "b.example"]}})"),
            "192.0.2.1  reverse-lookup  PASSED  -\n"
            "  t, r, APNIC, s\n"
            "  observed a.example\n"
            "  names a.example, b.example\n");
}

TEST(ResultTextTest, TellsTheReasonOfAFailureOnce) {
  EXPECT_EQ(Text(R"({"identifier": {"dns_name": "example.com"}, "caa": {}})", R"({
    "outcome": "ERROR", "problem": {"kind": "DNS_TIMEOUT", "detail": "no reply\u001b"},
    "perspective": {"perspective_id": "tokyo", "region": "r", "rir": "APNIC", "software": "s",
                    "lab": true}, "caa": {},
    "steps": [{"dns": {"qname": "example.com", "qtype": 257,
                       "problem": {"kind": "DNS_TIMEOUT", "detail": "no reply\u001b"}}}]
  })"),
            "example.com  caa  ERROR  -\n"
            "  DNS_TIMEOUT: no reply\\x1b\n"
            "  tokyo, r, APNIC, s  ** LABORATORY: never issue on this **\n"
            "  no CAA found up to the TLD\n"
            "  -  DNS CAA example.com: no answer\n");
}

}  // namespace
}  // namespace mpic::coordinator::cli
