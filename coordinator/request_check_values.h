// Checks of single values that many fields of a request share.
#ifndef MPIC_COORDINATOR_REQUEST_CHECK_VALUES_H_
#define MPIC_COORDINATOR_REQUEST_CHECK_VALUES_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "coordinator/field_violations.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "google/protobuf/timestamp.pb.h"

namespace mpic::coordinator {

// Sizes of the contract (protos/mpic/v1/check.proto).
inline constexpr std::size_t kUriOctetsMax = 2'000;
inline constexpr int kIssuerNamesMax = 16;
inline constexpr int kAccountUrisMax = 64;

// Echoed input: printable ASCII, in quotes, at most 100 octets of it.
std::string Quoted(absl::string_view text);

// Each refuses what breaks its rule and returns whether the value may be used.
bool CheckPrintable(const Field& field, absl::string_view text, std::size_t octets_min,
                    std::size_t octets_max);                     // ASCII 0x21..0x7E
bool CheckUri(const Field& field, absl::string_view text);       // scheme ":" and more, printable
bool CheckIdentity(const Field& field, absl::string_view text);  // 1..64 octets [a-z0-9-]

// At most `count_max` URIs that an accounturi parameter can hold, each of them checked.
void CheckAccountUris(const Field& field,
                      const google::protobuf::RepeatedPtrField<std::string>& uris, int count_max);
// At most 16 issuer domain names; normalised in place.
void CheckIssuerNames(const Field& field, google::protobuf::RepeatedPtrField<std::string>& names);

// nullopt (refused) for what is no time or no duration, such as nanos out of range.
std::optional<absl::Time> CheckTimestamp(const Field& field,
                                         const google::protobuf::Timestamp& proto);
std::optional<absl::Duration> CheckDuration(const Field& field,
                                            const google::protobuf::Duration& proto);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_REQUEST_CHECK_VALUES_H_
