#include "coordinator/field_violations.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace mpic::coordinator {
namespace {

// In printable ASCII, whatever the rule quotes: a protobuf string must be valid UTF-8.
std::string Shortened(std::string text, std::size_t octets_max) {
  constexpr absl::string_view kEllipsis = "...";
  std::replace_if(text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  if (text.size() > octets_max) {
    text.resize(octets_max - kEllipsis.size());
    absl::StrAppend(&text, kEllipsis);
  }
  return text;
}

}  // namespace

void FieldViolations::Add(absl::string_view field, v1::Problem::Kind kind, absl::string_view rule) {
  ++count_;
  google::rpc::BadRequest::FieldViolation violation;
  violation.set_field(std::string(field));
  violation.set_description(
      Shortened(absl::StrCat(v1::Problem::Kind_Name(kind), ": ", rule), kDescriptionOctetsMax));
  octets_ += violation.ByteSizeLong();
  // One that does not fit closes the list, so that it stays in order.
  if (count_ > kListedMax || octets_ > kBadRequestOctetsMax) {
    octets_ = kBadRequestOctetsMax;
    return;
  }
  *listed_.add_field_violations() = std::move(violation);
}

google::rpc::BadRequest FieldViolations::ToBadRequest() const {
  google::rpc::BadRequest bad_request = listed_;
  const auto listed = static_cast<std::size_t>(listed_.field_violations_size());
  if (count_ > listed) {
    auto* rest = bad_request.add_field_violations();
    rest->set_field("inputs");
    rest->set_description(absl::StrCat("and ", count_ - listed, " more"));
  }
  return bad_request;
}

Field Field::operator[](std::size_t index) const {
  return Field(*violations_, absl::StrCat(path_, "[", index, "]"));
}

Field Field::operator[](absl::string_view child) const {
  return Field(*violations_, path_.empty() ? std::string(child) : absl::StrCat(path_, ".", child));
}

void Field::Refuse(v1::Problem::Kind kind, absl::string_view rule) const {
  violations_->Add(path_, kind, rule);
}

void Field::Refuse(absl::string_view rule) const { Refuse(v1::Problem::BAD_REQUEST, rule); }

}  // namespace mpic::coordinator
