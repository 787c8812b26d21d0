#include "simulate/recorded.h"

#include "base/check.h"

namespace sluice::simulate {

RecordedWorkload::RecordedWorkload(const Trace& trace)
    : trace_(trace), clients_(trace.clients.size()) {
    for (std::size_t place = 0; place < trace.calls.size(); ++place) {
        clients_[trace.calls[place].client].calls.push_back(place);
    }
}

std::optional<Call> RecordedWorkload::next(std::size_t client, const Answer* previous) {
    Client& self = clients_[client];
    if (previous != nullptr) self.delayed += previous->delay;
    if (self.made == self.calls.size()) return std::nullopt;
    CHECK(self.made < self.calls.size() && self.delayed >= 0);
    const std::size_t place = self.calls[self.made++];
    const TraceCall& call = trace_.calls[place];
    return Call{.at = call.at + self.delayed,
                .tool = trace_.tools[call.tool],
                .has_reason = call.has_reason,
                .place = place};
}

}  // namespace sluice::simulate
