// Units of work that are one request: the hot ones, and any request that a person types.
#pragma once

#include <string>
#include <vector>

#include "loadgen/request_template.h"
#include "loadgen/scenario.h"
#include "loadgen/token_set.h"

namespace sluice::loadgen {

struct SingleRequestParts {
    std::string name;
    RequestTemplate request;
    Expectation expectation;
    const TokenSet* tokens = nullptr;  // not empty where the request needs a token; outlives this
    std::uint64_t seed = 1;
};

class SingleRequest : public Scenario {
public:
    explicit SingleRequest(SingleRequestParts parts);

    std::span<const std::string> operations() const override { return {&name_, 1}; }
    OperationId begin(unsigned user, std::string& out) override;
    Verdict on_answer(unsigned user, OperationId operation, const Answer& answer,
                      std::string& out) override;

private:
    std::string name_;
    RequestTemplate request_;
    Expectation expectation_;
    const TokenSet* tokens_;
    QuickRandom random_;
    std::uint64_t number_ = 0;
    std::string token_;
};

/// Takes the tokens out of answers of the token endpoint.
class TokenCollector final : public SingleRequest {
public:
    /// tokens   where to put them; outlives this
    TokenCollector(SingleRequestParts parts, TokenSet& tokens)
        : SingleRequest(std::move(parts)), tokens_(tokens) {}

    Verdict on_answer(unsigned user, OperationId operation, const Answer& answer,
                      std::string& out) override;

private:
    TokenSet& tokens_;
};

/// An event stream: the head opens it.
class EventStream final : public SingleRequest {
public:
    using SingleRequest::SingleRequest;
    bool pipelines() const override { return false; }
    bool streams() const override { return true; }
    Verdict on_answer(unsigned user, OperationId operation, const Answer& answer,
                      std::string& out) override;
};

/// The text of member `name` of a JSON object, where it holds no escape; empty where there is none.
/// Made for the tokens in answers of a token endpoint.
std::string_view json_text_member(std::string_view json, std::string_view name);

}  // namespace sluice::loadgen
