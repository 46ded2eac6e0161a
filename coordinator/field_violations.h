// Collects every broken rule of a request, each with the path of its field.
#ifndef MPIC_COORDINATOR_FIELD_VIOLATIONS_H_
#define MPIC_COORDINATOR_FIELD_VIOLATIONS_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "google/rpc/error_details.pb.h"
#include "mpic/v1/check.pb.h"

namespace mpic::coordinator {

class FieldViolations {
 public:
  // What is listed at most; the rest is counted.
  static constexpr std::size_t kListedMax = 100;
  // Of one description, and of the whole message. Callers with gRPC's default limit refuse trailers
  // of more than 8 KiB, and this message travels there in base64 beside the status text.
  static constexpr std::size_t kDescriptionOctetsMax = 300;
  static constexpr std::size_t kBadRequestOctetsMax = 4 * 1024;

  // The description becomes "<kind>: <rule>".
  void Add(absl::string_view field, v1::Problem::Kind kind, absl::string_view rule);

  bool empty() const { return count_ == 0; }
  std::size_t count() const { return count_; }
  // The violations in the order in which they were found; a last one says "and N more" where the
  // bounds left some out.
  google::rpc::BadRequest ToBadRequest() const;

 private:
  std::size_t count_ = 0;
  std::size_t octets_ = 0;
  google::rpc::BadRequest listed_;
};

// A place in the request, by its path: "inputs[3].check.http_01". Cheap to pass on; must not
// outlive the collection.
class Field {
 public:
  Field(FieldViolations& violations, std::string path)
      : violations_(&violations), path_(std::move(path)) {}

  Field operator[](std::size_t index) const;
  Field operator[](absl::string_view child) const;

  void Refuse(v1::Problem::Kind kind, absl::string_view rule) const;
  // As BAD_REQUEST.
  void Refuse(absl::string_view rule) const;

 private:
  FieldViolations* violations_;
  std::string path_;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_FIELD_VIOLATIONS_H_
