#include "loadgen/progress.h"

#include <fmt/format.h>
#include <unistd.h>

namespace sluice::loadgen {
namespace {

double seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace

void ProgressLine::begin(std::string what, std::uint64_t target, Duration total) {
    end();
    what_ = std::move(what);
    target_ = target;
    total_ = total;
    last_at_ = {};
    last_done_ = 0;
    rate_ = 0;
}

void ProgressLine::show(const LoadProgress& progress, MonotonicTime now) {
    if (quiet_) return;
    const Duration every = terminal_ ? std::chrono::milliseconds{200} : std::chrono::seconds{1};
    if (last_at_ != MonotonicTime{} && now - last_at_ < every) return;
    if (last_at_ != MonotonicTime{}) {
        rate_ = static_cast<double>(progress.done - last_done_) / seconds(now - last_at_);
    }
    last_at_ = now;
    last_done_ = progress.done;

    std::string line = what_;
    if (progress.elapsed < Duration::zero()) {
        line += ": warming up";
    } else if (total_ > Duration::zero()) {
        line += fmt::format(": {:.0f} of {:.0f} s", seconds(progress.elapsed), seconds(total_));
    }
    line += target_ > 0 ? fmt::format(": {} of {}", progress.done, target_)
                        : fmt::format(", {} done", progress.done);
    line += fmt::format(", {:.0f}/s", rate_);
    if (progress.open_streams > 0) line += fmt::format(", {} open", progress.open_streams);
    if (progress.failed > 0) line += fmt::format(", {} failed", progress.failed);
    write(line);
}

void ProgressLine::write(std::string_view text) {
    const std::string line =
        terminal_ ? fmt::format("\r\x1b[K{}", text) : fmt::format("{}\n", text);
    shown_ = true;
    [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, line.data(), line.size());
}

void ProgressLine::end() {
    if (!shown_ || !terminal_) return;
    shown_ = false;
    [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, "\n", 1);
}

}  // namespace sluice::loadgen
