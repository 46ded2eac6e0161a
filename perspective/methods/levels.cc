#include "perspective/methods/levels.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace mpic::perspective {

std::vector<DomainName> LevelsOf(DomainName name) {
  std::vector<DomainName> levels;
  levels.reserve(name.label_count());
  levels.push_back(std::move(name));
  while (levels.back().label_count() > 1) levels.push_back(levels.back().Parent());
  return levels;
}

std::vector<DnsQuestion> QuestionsAt(absl::Span<const DomainName> levels, RecordType type) {
  std::vector<DnsQuestion> questions;
  questions.reserve(levels.size());
  for (const DomainName& level : levels) questions.push_back({.name = level, .type = type});
  return questions;
}

boost::asio::awaitable<std::vector<DnsAnswer>> AskAtLevels(absl::Span<const DomainName> levels,
                                                           RecordType type, DnsClient& dns) {
  std::vector<DnsAnswer> answers;
  for (std::size_t asked = 0; asked < levels.size(); asked += kLevelsAtOnce) {
    std::vector<DnsAnswer> some =
        co_await dns.Ask(QuestionsAt(levels.subspan(asked, kLevelsAtOnce), type));
    std::move(some.begin(), some.end(), std::back_inserter(answers));
  }
  co_return answers;
}

}  // namespace mpic::perspective
