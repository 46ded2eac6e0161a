// The names on the way from one to its TLD, and one question at each of them.
#ifndef MPIC_PERSPECTIVE_METHODS_LEVELS_H_
#define MPIC_PERSPECTIVE_METHODS_LEVELS_H_

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "common/domain_name.h"
#include "perspective/net/dns_client.h"

namespace mpic::perspective {

// Most names are decided by one round trip; a name of 127 labels cannot ask 127 questions at once.
inline constexpr std::size_t kLevelsAtOnce = 8;

// `name` and its parents, nearest first, TLD included.
std::vector<DomainName> LevelsOf(DomainName name);

// A question of `type` at each of `levels`, in their order.
std::vector<DnsQuestion> QuestionsAt(absl::Span<const DomainName> levels, RecordType type);

// The answers at `levels`, which outlives the coroutine, in their order; kLevelsAtOnce are asked at
// a time.
boost::asio::awaitable<std::vector<DnsAnswer>> AskAtLevels(absl::Span<const DomainName> levels,
                                                           RecordType type, DnsClient& dns);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_LEVELS_H_
