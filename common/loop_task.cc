#include "common/loop_task.h"

#include <boost/asio/multiple_exceptions.hpp>

#include "absl/strings/str_cat.h"

namespace mpic {

absl::Status StatusOfException(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::asio::error::operation_aborted) {
      return absl::CancelledError("cancelled");
    }
    return absl::InternalError(absl::StrCat("unexpected failure: ", error.what()));
  } catch (const boost::asio::multiple_exceptions& errors) {
    // What `||` throws when both of its sides have.
    return StatusOfException(errors.first_exception());
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("unexpected failure: ", error.what()));
  } catch (...) {
    return absl::InternalError("unexpected failure of unknown type");
  }
}

void LoopTask::Cancel() {
  boost::asio::dispatch(loop_, [task = shared_from_this()] {
    task->signal_.emit(boost::asio::cancellation_type::terminal);
  });
}

void LoopTask::CancelAfter(absl::Duration time) {
  timer_.emplace(loop_, absl::ToChronoNanoseconds(time));
  timer_->async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const std::shared_ptr<LoopTask> task = weak.lock();
    if (!error && task) task->signal_.emit(boost::asio::cancellation_type::terminal);
  });
}

}  // namespace mpic
