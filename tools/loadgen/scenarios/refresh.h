// Refresh token rotation (RFC 6749 §6): each virtual user spends the token that the last answer
// gave.
#pragma once

#include <string>
#include <vector>

#include "loadgen/request_template.h"
#include "loadgen/scenario.h"
#include "loadgen/settings.h"

namespace sluice::loadgen {

class Refresh final : public Scenario {
public:
    /// tokens   a refresh token for each virtual user of this thread
    Refresh(const Settings& settings, std::vector<std::string> tokens);

    std::span<const std::string> operations() const override { return {&name_, 1}; }
    bool pipelines() const override { return false; }
    OperationId begin(unsigned user, std::string& out) override;
    Verdict on_answer(unsigned user, OperationId operation, const Answer& answer,
                      std::string& out) override;

private:
    std::string name_ = "refresh";
    RequestTemplate request_;
    std::vector<std::string> tokens_;
};

}  // namespace sluice::loadgen
