// Random numbers and identifiers that nobody can foresee.
#ifndef MPIC_COMMON_RANDOM_H_
#define MPIC_COMMON_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace mpic {

// Injected wherever chance decides, so that tests can fix it.
using RandomSource = std::function<std::uint64_t()>;

// From OpenSSL's generator. Thread-safe. Ends the process if that generator fails.
std::uint64_t RandomU64();

// `count` octets.
std::string RandomOctets(std::size_t count, const RandomSource& random = RandomU64);

// A version 4 UUID (RFC 9562 section 5.4), lower case.
std::string RequestId(const RandomSource& random = RandomU64);

}  // namespace mpic

#endif  // MPIC_COMMON_RANDOM_H_
