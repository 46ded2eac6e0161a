#include "perspective/methods/levels.h"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <iterator>
#include <utility>

namespace mpic::perspective {
namespace {

boost::asio::awaitable<std::vector<DnsAnswer>> AskTogether(absl::Span<const DomainName> levels,
                                                           RecordType type, DnsClient& dns) {
  using boost::asio::experimental::awaitable_operators::operator&&;
  std::vector<DnsAnswer> answers;
  const DnsQuestion first{.name = levels.front(), .type = type};
  if (levels.size() == 1) {
    answers.push_back(co_await dns.Query(first));
    co_return answers;
  }
  auto [nearest, others] = co_await (dns.Query(first) && AskTogether(levels.subspan(1), type, dns));
  answers.push_back(std::move(nearest));
  std::move(others.begin(), others.end(), std::back_inserter(answers));
  co_return answers;
}

}  // namespace

std::vector<DomainName> LevelsOf(DomainName name) {
  std::vector<DomainName> levels;
  levels.push_back(std::move(name));
  while (levels.back().label_count() > 1) levels.push_back(levels.back().Parent());
  return levels;
}

boost::asio::awaitable<std::vector<DnsAnswer>> AskAtLevels(absl::Span<const DomainName> levels,
                                                           RecordType type, DnsClient& dns) {
  std::vector<DnsAnswer> answers;
  for (std::size_t asked = 0; asked < levels.size(); asked += kLevelsAtOnce) {
    std::vector<DnsAnswer> some =
        co_await AskTogether(levels.subspan(asked, kLevelsAtOnce), type, dns);
    std::move(some.begin(), some.end(), std::back_inserter(answers));
  }
  co_return answers;
}

}  // namespace mpic::perspective
