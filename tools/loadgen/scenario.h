// What a virtual user does: a unit of work of one request or of several that follow each other.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "loadgen/answer_reader.h"
#include "loadgen/failure.h"

namespace sluice::loadgen {

/// Which request of a scenario: an index into operations().
using OperationId = std::uint16_t;

/// What an answer means for its unit of work.
struct Verdict {
    enum class Kind : std::uint8_t { done, more, failed };

    static Verdict done() { return {}; }
    static Verdict more(OperationId next) { return {Kind::more, next, {}}; }
    static Verdict failed(Failure why) { return {Kind::failed, 0, why}; }

    Kind kind = Kind::done;
    OperationId next = 0;  // where there is more: the request that was appended
    Failure failure = {};  // where it failed
};

/// One for each thread. A user is one at a time in a unit of work, but where requests are
/// pipelined: those of a connection have the same user, and every unit is a single request.
class Scenario {
public:
    virtual ~Scenario() = default;

    /// Names of the requests, for the report.
    virtual std::span<const std::string> operations() const = 0;
    /// Every unit of work is one request that knows nothing of others.
    virtual bool pipelines() const { return true; }
    /// An answer is an event stream: its head opens it, and it stays open to the end of the run.
    virtual bool streams() const { return false; }

    /// Appends the first request of a unit of work to `out`.
    virtual OperationId begin(unsigned user, std::string& out) = 0;
    /// The answer to `operation`: done, or failed, or `more`, its request appended to `out`. Of a
    /// stream the answer is its head.
    virtual Verdict on_answer(unsigned user, OperationId operation, const Answer& answer,
                              std::string& out) = 0;
    /// The unit of work was given up.
    virtual void on_failure(unsigned, OperationId) {}
};

/// What every right answer has.
struct Expectation {
    int status = 200;  // 0: any of 2xx
    std::string text;  // stands in the body; empty: nothing has to

    Verdict check(const Answer& answer) const {
        const bool right = status == 0 ? answer.status / 100 == 2 : answer.status == status;
        if (!right) return Verdict::failed(status_failure(answer.status));
        if (!text.empty() && answer.body.find(text) == std::string_view::npos) {
            return Verdict::failed(Failure::content);
        }
        return Verdict::done();
    }
};

/// Random numbers for choosing among tokens: fast, and no secret.
class QuickRandom {
public:
    explicit QuickRandom(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {  // SplitMix64
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    /// Evenly in [0, bound); bound below 2^32.
    std::size_t below(std::size_t bound) { return ((next() >> 32) * bound) >> 32; }

private:
    std::uint64_t state_;
};

}  // namespace sluice::loadgen
