#include "loadgen/thread_cpu.h"

#include <sys/resource.h>

#include <fstream>

namespace sluice::loadgen {
namespace {

Duration duration_of(const timeval& time) {
    return Seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
}

}  // namespace

ThreadCpu ThreadCpu::now(Clock& clock) {
    ThreadCpu cpu;
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    cpu.user = duration_of(usage.ru_utime);
    cpu.system = duration_of(usage.ru_stime);
    // "<ns on the core> <ns waiting for it> <times on the core>"
    std::ifstream schedule("/proc/thread-self/schedstat");
    std::int64_t ran = 0;
    std::int64_t waited = 0;
    if (schedule >> ran >> waited) cpu.waited = Duration(waited);
    cpu.at = clock.monotonic();
    return cpu;
}

}  // namespace sluice::loadgen
