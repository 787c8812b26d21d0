// Trace replay: a recorded trace as a workload, whatever the calls are answered.
#pragma once

#include <vector>

#include "simulate/trace.h"
#include "simulate/workload.h"

namespace sluice::simulate {

/// A client waits for its answers: what a call is delayed, the client's later calls are too.
class RecordedWorkload final : public Workload {
public:
    /// `trace` outlives the workload.
    explicit RecordedWorkload(const Trace& trace);

    std::size_t clients() const override { return trace_.clients.size(); }
    std::string_view client_name(std::size_t client) const override {
        return trace_.clients[client];
    }
    std::optional<Call> next(std::size_t client, const Answer* previous) override;

private:
    struct Client {
        std::vector<std::size_t> calls;  // places in the trace
        std::size_t made = 0;
        double delayed = 0;
    };

    const Trace& trace_;
    std::vector<Client> clients_;
};

}  // namespace sluice::simulate
