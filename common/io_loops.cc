#include "common/io_loops.h"

namespace mpic {

IoLoops::IoLoops(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    // The hint 1 lets Asio leave out its locks: one thread runs each loop.
    loops_.push_back(std::make_unique<boost::asio::io_context>(1));
    guards_.emplace_back(loops_.back()->get_executor());
  }
  for (const auto& loop : loops_) {
    threads_.emplace_back([&context = *loop] { context.run(); });
  }
}

IoLoops::~IoLoops() { Stop(); }

void IoLoops::Stop() {
  guards_.clear();
  for (const auto& loop : loops_) loop->stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace mpic
