// The names on the way from one to its TLD, and one question at each of them.
#ifndef MPIC_PERSPECTIVE_METHODS_LEVELS_H_
#define MPIC_PERSPECTIVE_METHODS_LEVELS_H_

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "absl/types/span.h"
#include "common/domain_name.h"
#include "perspective/net/dns_client.h"

namespace mpic::perspective {

// `name` and its parents, nearest first, TLD included.
std::vector<DomainName> LevelsOf(DomainName name);

// The answers at `levels`, which is not empty and outlives the coroutine, in their order; asked all
// at once.
boost::asio::awaitable<std::vector<DnsAnswer>> AskAtLevels(absl::Span<const DomainName> levels,
                                                           RecordType type, DnsClient& dns);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_LEVELS_H_
