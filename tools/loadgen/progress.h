// The line on standard error that says how it goes, written over and over on a terminal.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "loadgen/load.h"

namespace sluice::loadgen {

class ProgressLine {
public:
    /// quiet      Says nothing at all.
    /// terminal   The line is written over; otherwise each second has a line of its own.
    ProgressLine(bool quiet, bool terminal) : quiet_(quiet), terminal_(terminal) {}
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;
    ~ProgressLine() { end(); }

    /// A new stretch of work: `what` names it; `target` is how many units it will have, `total`
    /// how long it lasts; zero where that is not known.
    void begin(std::string what, std::uint64_t target, Duration total);
    void show(const LoadProgress& progress, MonotonicTime now);
    /// Leaves the line as it stands.
    void end();

private:
    void write(std::string_view text);

    bool quiet_;
    bool terminal_;
    std::string what_;
    std::uint64_t target_ = 0;
    Duration total_{};
    MonotonicTime last_at_{};
    std::uint64_t last_done_ = 0;
    double rate_ = 0;
    bool shown_ = false;
};

}  // namespace sluice::loadgen
