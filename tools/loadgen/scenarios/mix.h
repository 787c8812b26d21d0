// Several scenarios at once, each unit of work chosen by weight.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "loadgen/scenario.h"

namespace sluice::loadgen {

class Mix final : public Scenario {
public:
    struct Part {
        std::unique_ptr<Scenario> scenario;  // no event streams
        double weight;                       // above 0, relative to the others'
    };

    Mix(std::vector<Part> parts, std::uint64_t seed);

    std::span<const std::string> operations() const override { return operations_; }
    bool pipelines() const override;
    OperationId begin(unsigned user, std::string& out) override;
    Verdict on_answer(unsigned user, OperationId operation, const Answer& answer,
                      std::string& out) override;
    void on_failure(unsigned user, OperationId operation) override;

private:
    struct Entry {
        std::unique_ptr<Scenario> scenario;
        std::uint64_t up_to;  // chosen by a random number not above this and above the last's
        OperationId first;    // its operations begin here
    };

    Entry& entry_of(OperationId operation);

    std::vector<Entry> entries_;
    std::vector<std::string> operations_;
    QuickRandom random_;
};

}  // namespace sluice::loadgen
