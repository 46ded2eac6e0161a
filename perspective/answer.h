// What a perspective says on a Check stream: a result in the message that it leaves in.
#ifndef MPIC_PERSPECTIVE_ANSWER_H_
#define MPIC_PERSPECTIVE_ANSWER_H_

#include <google/protobuf/arena.h>

#include <cstddef>
#include <memory>

#include "mpic/v1/perspective.pb.h"

namespace mpic::perspective {

// On an arena of its own. The loop puts a result together from some fifty pieces, and a thread of
// gRPC lets go of it: piece by piece both would meet at the heap.
class Answer {
 public:
  Answer() : arena_(Options()) {}

  v1::CheckResponse& message() { return message_; }
  const v1::CheckResponse& message() const { return message_; }
  // The result inside of it.
  v1::CheckResult& result() { return *message_.mutable_result(); }

 private:
  // Room for most answers.
  static constexpr std::size_t kFirstBlockOctets = 2048;

  google::protobuf::ArenaOptions Options() {
    google::protobuf::ArenaOptions options;
    options.initial_block = first_block_;
    options.initial_block_size = sizeof first_block_;
    options.start_block_size = kFirstBlockOctets;
    return options;
  }

  alignas(std::max_align_t) char first_block_[kFirstBlockOctets];
  google::protobuf::Arena arena_;
  v1::CheckResponse& message_ = *google::protobuf::Arena::CreateMessage<v1::CheckResponse>(&arena_);
};

using AnswerPtr = std::unique_ptr<Answer>;

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_ANSWER_H_
