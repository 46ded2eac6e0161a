#include "coordinator/perspective_line.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"

namespace mpic::coordinator {

void PerspectiveLine::Send(std::shared_ptr<const v1::CheckRequest> request) {
  ++in_flight_;
  stream->Send(std::move(request));
}

void PerspectiveLine::Cancel(std::uint64_t number) {
  auto cancel = std::make_shared<v1::CheckRequest>();
  cancel->mutable_cancel()->set_check_id(absl::StrCat(number));
  stream->Send(std::move(cancel));
  cancelled_.insert(number);
}

bool PerspectiveLine::TakeCancelled(std::uint64_t number) {
  if (cancelled_.erase(number) == 0) return false;
  NoteAnswered();
  return true;
}

void PerspectiveLine::NoteAnswered() {
  --in_flight_;
  HalfCloseIfDone();
}

void PerspectiveLine::NoteGoingAway() {
  going_away_ = true;
  HalfCloseIfDone();
}

void PerspectiveLine::HalfCloseIfDone() {
  if (going_away_ && in_flight_ == 0) stream->HalfClose();
}

}  // namespace mpic::coordinator
