#include "perspective/dnssec_watch.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "absl/strings/str_cat.h"

namespace mpic::perspective {
namespace {

absl::Status NotProven(absl::string_view reason) {
  return absl::FailedPreconditionError(
      absl::StrCat("the resolver is not shown to validate DNSSEC: ", reason));
}

}  // namespace

DnssecWatch::DnssecWatch(DnsClient& dns, DnssecWatchOptions options, OnStanding on_standing)
    : dns_(dns),
      options_(std::move(options)),
      on_standing_(std::move(on_standing)),
      standing_(NotProven("no proof yet")) {}

boost::asio::awaitable<void> DnssecWatch::Prove() {
  const DnsAnswer delegation =
      co_await dns_.Query({.name = options_.signed_delegation, .type = RecordType::kDs});
  std::optional<DnsAnswer> bogus;
  if (options_.bogus_name.has_value()) {
    bogus = co_await dns_.Query({.name = *options_.bogus_name, .type = RecordType::kTxt});
  }
  const DnssecProof proof = JudgeResolver(delegation, bogus);
  if (proof.standing == DnssecProof::Standing::kUnknown) {
    ++silences_;
    if (!standing_.ok() || silences_ >= kSilencesMax) standing_ = NotProven(proof.sentence);
  } else {
    silences_ = 0;
    standing_ = proof.standing == DnssecProof::Standing::kProven ? absl::OkStatus()
                                                                 : NotProven(proof.sentence);
  }
  on_standing_(standing_);
}

boost::asio::awaitable<void> DnssecWatch::Run() {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  while (true) {
    timer.expires_after(absl::ToChronoNanoseconds(options_.interval));
    co_await timer.async_wait(boost::asio::use_awaitable);
    co_await Prove();
  }
}

}  // namespace mpic::perspective
