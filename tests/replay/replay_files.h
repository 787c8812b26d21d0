// Main of a program that replays files of recorded answers: prints each answer that differs, and
// ends with "N passed, N failed".
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string_view>

#include "rules.h"

namespace sluice::replay {

/// Adds what `path` gives to `total`; false where it cannot be read.
inline bool replay_file(const char* path, Report (*replay)(std::string_view text), Report& total) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf())) return false;
    auto report = replay(text.str());
    total.passed += report.passed;
    for (auto& failure : report.failures) {
        fmt::print("{}: {}\n  input    {}\n  expected {}\n  actual   {}\n", path, failure.rule,
                   failure.input, failure.expected, failure.actual);
        total.failures.push_back(std::move(failure));
    }
    return true;
}

/// The program's status: 1 where a case failed, a file cannot be read, or no case was found.
/// program  Its name, for messages.
inline int replay_files(int argc, char** argv, std::string_view program,
                        Report (*replay)(std::string_view text)) {
    if (argc < 2) {
        fmt::print(stderr, "usage: {} FILE...\n", program);
        return 1;
    }
    Report total;
    bool all_read = true;
    for (int i = 1; i < argc; ++i) {
        if (replay_file(argv[i], replay, total)) continue;
        fmt::print(stderr, "{}: cannot read {}\n", program, argv[i]);
        all_read = false;
    }
    fmt::print("{} passed, {} failed\n", total.passed, total.failures.size());
    return all_read && total.failures.empty() && total.passed > 0 ? 0 : 1;
}

}  // namespace sluice::replay
