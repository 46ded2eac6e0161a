// Worker loops: one single-threaded io_context a thread, sharing nothing.
#ifndef MPIC_COMMON_IO_LOOPS_H_
#define MPIC_COMMON_IO_LOOPS_H_

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

namespace mpic {

// Owns `count` threads, each running one loop until Stop. What lives on a loop is touched only by
// its thread; other threads reach it by posting. Loops are destroyed after all threads have ended,
// so work that is still queued is dropped without running.
class IoLoops {
 public:
  explicit IoLoops(std::size_t count);
  ~IoLoops();
  IoLoops(const IoLoops&) = delete;
  IoLoops& operator=(const IoLoops&) = delete;

  std::size_t size() const { return loops_.size(); }
  boost::asio::io_context& loop(std::size_t index) { return *loops_[index]; }
  // Ends the threads after what they are doing right now. Idempotent; not from a loop's thread.
  void Stop();

 private:
  using Guard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;
  std::vector<std::unique_ptr<boost::asio::io_context>> loops_;
  std::vector<Guard> guards_;
  std::vector<std::thread> threads_;
};

}  // namespace mpic

#endif  // MPIC_COMMON_IO_LOOPS_H_
