// rules_replay FILE...: replays recorded answers of the plain rules, prints each that differs, and
// ends with "N passed, N failed". Exits with 1 where one failed, a file cannot be read, or no case
// was found.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "rules.h"

namespace {

/// Adds what `path` gives to `total`; false where it cannot be read.
bool replay_file(const char* path, sluice::replay::Report& total) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf())) return false;
    auto report = sluice::replay::replay_rules(text.str());
    total.passed += report.passed;
    for (auto& failure : report.failures) {
        fmt::print("{}: {}\n  input    {}\n  expected {}\n  actual   {}\n", path, failure.rule,
                   failure.input, failure.expected, failure.actual);
        total.failures.push_back(std::move(failure));
    }
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        fmt::print(stderr, "usage: rules_replay FILE...\n");
        return 1;
    }
    sluice::replay::Report total;
    bool all_read = true;
    for (int i = 1; i < argc; ++i) {
        if (replay_file(argv[i], total)) continue;
        fmt::print(stderr, "rules_replay: cannot read {}\n", argv[i]);
        all_read = false;
    }
    fmt::print("{} passed, {} failed\n", total.passed, total.failures.size());
    return all_read && total.failures.empty() && total.passed > 0 ? 0 : 1;
}
