#include "perspective/methods/web_fetch.h"

#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "perspective/methods/host_addresses.h"
#include "perspective/methods/http_step.h"
#include "perspective/net/address_picker.h"
#include "perspective/rules/redirect.h"

namespace mpic::perspective {
namespace {

boost::asio::awaitable<OrProblem<std::vector<IpAddress>>> AddressesOf(Url url, CheckRun& run) {
  if (const IpAddress* literal = std::get_if<IpAddress>(&url.host)) {
    co_return std::vector<IpAddress>{*literal};
  }
  co_return co_await LookUpAddresses(std::get<DomainName>(url.host), run);
}

// One hop: what its addresses say, the last one tried.
boost::asio::awaitable<HttpReply> RequestHop(Url url, std::size_t body_octets_max, CheckRun& run) {
  HttpReply reply;
  const OrProblem<std::vector<IpAddress>> resolved = co_await AddressesOf(url, run);
  if (!resolved.ok()) {
    reply.problem = resolved.problem();
    co_return reply;
  }
  HttpStepRecord record(url, *resolved, run);
  const OrProblem<std::vector<IpAddress>> usable = UsableAddresses(*resolved, run.senses);
  if (!usable.ok()) {
    reply.problem = usable.problem();
    record.Add(std::nullopt, reply);
    co_return reply;
  }
  for (const IpAddress& address : AddressesToTry(*usable)) {
    record.Start();
    reply = co_await run.senses.http.Get(
        {.url = url, .address = address, .body_octets_max = body_octets_max});
    record.Add(address, reply);
    // What we did not look at must not be outweighed by what another address says.
    if (reply.connected || reply.problem.kind == v1::Problem::OVERLOADED) break;
  }
  co_return reply;
}

OrProblem<std::string> BodyOf(HttpReply reply, const Url& url) {
  if (reply.status < 200 || reply.status > 299) {
    return Problem{v1::Problem::HTTP_STATUS, absl::StrCat("GET ", url.text().substr(0, 200),
                                                          ": status ", reply.status, ", not 2xx")};
  }
  return std::move(reply.body);
}

// Where a redirect leads; a problem where it is not followed.
OrProblem<Url> NextHop(const WebResource& resource, const std::vector<Url>& requested,
                       const HttpReply& reply, const Limits& limits) {
  if (!resource.follow_redirects) {
    return Problem{v1::Problem::REDIRECT_STATUS,
                   absl::StrCat("GET ", requested.back().text().substr(0, 200), ": status ",
                                reply.status, "; redirects are not followed for IP addresses")};
  }
  return FollowRedirect(requested, reply.status, reply.locations, limits);
}

void RecordEvidence(const Url& url, const HttpReply& reply, v1::CheckResult& result) {
  v1::HttpEvidence& evidence = *result.mutable_http();
  evidence.set_final_url(url.text());
  evidence.set_final_status(reply.status);
  evidence.set_body(reply.body);
}

}  // namespace

boost::asio::awaitable<OrProblem<std::string>> FetchBody(WebResource resource, CheckRun& run) {
  std::vector<Url> requested;
  Url url = std::move(resource.start);
  while (true) {  // FollowRedirect bounds it
    if (std::optional<Problem> problem = resource.refuse_request(url)) co_return *problem;
    requested.push_back(url);
    HttpReply reply = co_await RequestHop(url, resource.body_octets_max, run);
    RecordEvidence(url, reply, run.result);
    if (reply.failed()) co_return reply.problem;
    if (!IsRedirect(reply.status)) co_return BodyOf(std::move(reply), url);
    OrProblem<Url> target = NextHop(resource, requested, reply, run.senses.limits);
    if (!target.ok()) co_return target.problem();
    url = *std::move(target);
  }
}

}  // namespace mpic::perspective
