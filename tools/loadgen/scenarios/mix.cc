#include "loadgen/scenarios/mix.h"

#include <algorithm>

namespace sluice::loadgen {

Mix::Mix(std::vector<Part> parts, std::uint64_t seed) : random_(seed) {
    double total = 0;
    for (const Part& part : parts) total += part.weight;
    double sum = 0;
    for (Part& part : parts) {
        sum += part.weight;
        const auto first = static_cast<OperationId>(operations_.size());
        for (const std::string& name : part.scenario->operations()) operations_.push_back(name);
        const double up_to = std::min(sum / total, 1.0) * 4294967295.0;
        entries_.push_back({std::move(part.scenario), static_cast<std::uint64_t>(up_to), first});
    }
    entries_.back().up_to = UINT32_MAX;
}

bool Mix::pipelines() const {
    return std::ranges::all_of(entries_, [](const Entry& e) { return e.scenario->pipelines(); });
}

OperationId Mix::begin(unsigned user, std::string& out) {
    const std::uint64_t number = random_.next() >> 32;
    const auto entry =
        std::ranges::find_if(entries_, [&](const Entry& e) { return number <= e.up_to; });
    return static_cast<OperationId>(entry->first + entry->scenario->begin(user, out));
}

Mix::Entry& Mix::entry_of(OperationId operation) {
    std::size_t at = entries_.size() - 1;
    while (entries_[at].first > operation) --at;
    return entries_[at];
}

Verdict Mix::on_answer(unsigned user, OperationId operation, const Answer& answer,
                       std::string& out) {
    Entry& entry = entry_of(operation);
    Verdict verdict = entry.scenario->on_answer(
        user, static_cast<OperationId>(operation - entry.first), answer, out);
    verdict.next = static_cast<OperationId>(verdict.next + entry.first);
    return verdict;
}

void Mix::on_failure(unsigned user, OperationId operation) {
    Entry& entry = entry_of(operation);
    entry.scenario->on_failure(user, static_cast<OperationId>(operation - entry.first));
}

}  // namespace sluice::loadgen
