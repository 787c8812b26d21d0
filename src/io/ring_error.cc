#include "io/ring_error.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace sluice::io {

std::string explain_ring_error(int error, std::string_view step) {
    if (error == ENOSYS) return "this kernel has no io_uring: Sluice needs Linux 6.1 or later";
    if (error == EPERM) {
        int disabled = 0;
        std::ifstream("/proc/sys/kernel/io_uring_disabled") >> disabled;
        if (disabled != 0) {
            return fmt::format(
                "io_uring is disabled on this machine: set the sysctl "
                "kernel.io_uring_disabled to 0 (it is {})",
                disabled);
        }
        return "io_uring is refused, most likely by the seccomp profile of a container: allow "
               "io_uring_setup, io_uring_enter and io_uring_register";
    }
    if (error == ENOMEM) {
        return "not enough lockable memory for io_uring: raise RLIMIT_MEMLOCK (ulimit -l, or "
               "LimitMEMLOCK= of the service)";
    }
    if (error == EMFILE || error == ENFILE) {
        return "no file descriptor is left for io_uring: raise RLIMIT_NOFILE (ulimit -n)";
    }
    if (error == EINVAL) {
        return fmt::format(
            "this kernel's io_uring is too old ({} is refused): Sluice needs Linux "
            "6.1 or later",
            step);
    }
    return fmt::format("io_uring: {} failed: {}", step, std::strerror(error));
}

}  // namespace sluice::io
