// A disk without room for files that grow, by the process's limit on file sizes.
#ifndef MPIC_TESTS_SUPPORT_FULL_DISK_H_
#define MPIC_TESTS_SUPPORT_FULL_DISK_H_

#include <sys/resource.h>

#include <csignal>

namespace mpic::testing {

// Until destruction no file of this process can be written to beyond `octets`.
class FullDisk {
 public:
  explicit FullDisk(rlim_t octets) {
    former_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &former_);
    const rlimit limit{octets, former_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &former_);
    std::signal(SIGXFSZ, former_handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit former_{};
  void (*former_handler_)(int) = SIG_DFL;
};

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_FULL_DISK_H_
