#include "bench/micro/keys.h"

#include <time.h>
#include <unistd.h>

#include <fstream>

namespace sluice::bench {
namespace {

std::int64_t read_clock_ns(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

}  // namespace

std::size_t resident_bytes() {
    std::size_t mapped = 0;
    std::size_t resident = 0;
    std::ifstream("/proc/self/statm") >> mapped >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::int64_t thread_cpu_ns() {
    return read_clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

std::int64_t process_cpu_ns() {
    return read_clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

}  // namespace sluice::bench
