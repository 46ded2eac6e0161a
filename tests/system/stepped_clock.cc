// A clock of the day that a test sets while programs run: a library for LD_PRELOAD.
//
//   MPIC_CLOCK_STEP=FILE LD_PRELOAD=libmpic_stepped_clock.so PROGRAM
//
// FILE holds eight octets, a little-endian number of nanoseconds that is added to the time of day,
// and may change at any moment. Steady clocks go on as they are. As in the kernel, what waits until
// a time of day is told when the clock is set: it ends at once when that time has passed, and goes
// on waiting when it has moved away. libfaketime does neither for futexes, on which Abseil and gRPC
// wait.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
// How soon a wait heeds that the clock was set.
constexpr std::int64_t kSlice = 5'000'000;

using Syscall = long (*)(long, ...);
template <typename Function>
Function Next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

std::int64_t Step() {
  static const std::atomic<std::int64_t>* const step = [] {
    static const std::atomic<std::int64_t> none = 0;
    const char* const file = std::getenv("MPIC_CLOCK_STEP");
    const int fd = file == nullptr ? -1 : open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return &none;
    void* const memory = mmap(nullptr, sizeof(none), PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    return memory == MAP_FAILED ? &none : static_cast<const std::atomic<std::int64_t>*>(memory);
  }();
  return step->load();
}

// By the kernel, past whoever stands in its way.
std::int64_t RealNow() {
  static const auto real = Next<int (*)(clockid_t, timespec*)>("clock_gettime");
  timespec now{};
  real(CLOCK_REALTIME, &now);
  return now.tv_sec * kSecond + now.tv_nsec;
}

std::int64_t Now() { return RealNow() + Step(); }

std::int64_t FromTimespec(const timespec& time) { return time.tv_sec * kSecond + time.tv_nsec; }
timespec ToTimespec(std::int64_t nanoseconds) {
  return {.tv_sec = nanoseconds / kSecond, .tv_nsec = nanoseconds % kSecond};
}

// Runs `wait(until)`, which waits until a time of the real day and returns whether that came, in
// slices, so that it ends when our day has reached `deadline`. False when it ended otherwise.
template <typename Wait>
bool TimeCame(std::int64_t deadline, Wait wait) {
  while (true) {
    const std::int64_t left = deadline - Now();
    if (left <= 0) return true;
    if (!wait(ToTimespec(RealNow() + std::min(left, kSlice)))) return false;
  }
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) {
  static const auto real = Next<int (*)(clockid_t, timespec*)>("clock_gettime");
  if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE) return real(clock, now);
  *now = ToTimespec(Now());
  return 0;
}

int gettimeofday(timeval* now, void*) {
  const std::int64_t time = Now();
  *now = {.tv_sec = time / kSecond, .tv_usec = time % kSecond / 1000};
  return 0;
}

time_t time(time_t* now) {
  const time_t seconds = Now() / kSecond;
  if (now != nullptr) *now = seconds;
  return seconds;
}

// A wait until a time of day is the only system call that is looked at.
long syscall(long number, ...) {
  static const auto real = Next<Syscall>("syscall");
  va_list rest;
  va_start(rest, number);
  long a[6];
  for (long& argument : a) argument = va_arg(rest, long);
  va_end(rest);
  const auto* const deadline = reinterpret_cast<const timespec*>(a[3]);
  const bool is_of_the_day =
      number == SYS_futex && (a[1] & FUTEX_CLOCK_REALTIME) != 0 && deadline != nullptr;
  if (!is_of_the_day) return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  long result = 0;
  const bool came = TimeCame(FromTimespec(*deadline), [&](const timespec until) {
    result = real(number, a[0], a[1], a[2], &until, a[4], a[5]);
    return result != 0 && errno == ETIMEDOUT;
  });
  if (!came) return result;
  errno = ETIMEDOUT;
  return -1;
}

// Conditions of ours wait by the steady clock (pthread_cond_clockwait); these by that of the day.
int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* deadline) {
  static const auto real =
      Next<int (*)(pthread_cond_t*, pthread_mutex_t*, const timespec*)>("pthread_cond_timedwait");
  int result = 0;
  const bool came = TimeCame(FromTimespec(*deadline), [&](const timespec until) {
    result = real(condition, mutex, &until);
    return result == ETIMEDOUT;
  });
  return came ? ETIMEDOUT : result;
}

}  // extern "C"
