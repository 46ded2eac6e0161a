// One worker loop of a perspective with everything that lives on it.
#ifndef MPIC_PERSPECTIVE_WORKER_H_
#define MPIC_PERSPECTIVE_WORKER_H_

#include <boost/asio/io_context.hpp>

#include "perspective/checker.h"

namespace mpic::perspective {

struct Worker {
  boost::asio::io_context& loop;
  Checker& checker;  // used only on the loop
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_WORKER_H_
