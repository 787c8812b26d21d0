// `sluice policy explain`: which access rule decides on a request, and why the others do not.
#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "config/config.h"

namespace sluice::server {

/// `sluice policy explain --config FILE --user U --client C --tool T [--args JSON]`
struct ExplainCommand {
    std::string config;
    std::string resource;  // its path; empty: the only one there is
    std::string user;      // empty: the client itself
    std::string client;
    std::optional<std::string> scope;  // granted; absent: what every rule needs is taken as granted
    std::string method = "tools/call";
    std::string object;                    // the tool's name, the URI, the prompt
    std::optional<std::string> arguments;  // JSON; absent: none
};

/// A verdict on the first line and a line for each rule, for people.
/// arguments  As parsed from the command's.
std::string explain(const resource::ResourceSettings& resource, const oauth::Settings* auth,
                    const ExplainCommand& command, const JsonValue& arguments);

/// The command: 0 where the request is allowed, 1 where it is not, 2 where it cannot be judged.
int run_explain(const ExplainCommand& command);

}  // namespace sluice::server
