// The command line, as settings that fit together.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "loadgen/settings.h"

namespace sluice::loadgen {

/// `sluice-loadgen report`: the HTML report of runs that were saved.
struct ReportCommand {
    std::string run_file;
    std::string compare_file;  // empty: none
    std::string html_file;
};

using Command = std::variant<Settings, ReportCommand>;

/// The program ends before it has begun: --help, --version or a mistake.
struct CommandLineExit {
    int status = 0;
    std::string text;  // for standard output where the status is 0, else for standard error
};

/// words   without the program's name
std::expected<Command, CommandLineExit> read_command_line(const std::vector<std::string>& words);

/// "250ms", "10s", "5m"; seconds where there is no unit.
std::optional<Duration> parse_duration(std::string_view text);
/// "50000", "50k", "1.5M".
std::optional<double> parse_amount(std::string_view text);
/// "introspect=70,token=20"; errors in a sentence.
std::expected<std::vector<MixPart>, std::string> parse_mix(std::string_view text);
/// "0,2-3".
std::optional<std::vector<unsigned>> parse_cores(std::string_view text);

}  // namespace sluice::loadgen
