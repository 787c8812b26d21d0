// The options as they are typed, and how --help tells them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "loadgen/command_line.h"

namespace sluice::loadgen {

/// Options as they are typed.
struct Typed {
    std::string scenario;
    std::string url;
    std::string rate, units, tokens = "1000", errors_max = "0";
    std::string warm_up = "1s", duration = "10s", timeout = "5s";
    std::string cores, mix, client, caller, user, arrivals = "even", body_file, body, path, method;
    std::string expect_text;
    int expect_status = 0;
    std::vector<std::string> fields;
    ReportCommand report;
    Settings settings;
};

/// Tells `app` every option; what it parses goes to `to`, which outlives it.
void describe(CLI::App& app, Typed& to);

}  // namespace sluice::loadgen
