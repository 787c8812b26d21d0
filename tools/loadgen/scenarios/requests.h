// The requests of each scenario as the settings say them.
#pragma once

#include <expected>
#include <string>

#include "loadgen/request_template.h"
#include "loadgen/scenario.h"
#include "loadgen/settings.h"

namespace sluice::loadgen {

struct ScenarioRequest {
    RequestTemplate request;
    Expectation expectation;
};

/// For the scenarios whose unit of work is one request. What the settings say of the request goes
/// ahead of the scenario's own. Errors: in a sentence.
std::expected<ScenarioRequest, std::string> request_of(ScenarioKind kind, const Settings& settings);
/// A request for a token to prepare with, whatever the settings say of the scenario's own.
std::expected<ScenarioRequest, std::string> token_request(const Settings& settings);

/// "Basic ...": RFC 6749 §2.3.1, so the parts are form-encoded first.
std::string basic_authorization(const Credentials& credentials);
/// The base URL's path and then `path`.
std::string target_under(const http::HttpUrl& url, std::string_view path);

bool needs_tokens(ScenarioKind kind);

}  // namespace sluice::loadgen
