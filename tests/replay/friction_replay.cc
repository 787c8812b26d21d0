// friction_replay [--library] DIR...: replays recorded friction traces.
#include <cstdio>
#include <string_view>

#include "friction_vectors.h"
#include "library_subject.h"

namespace {

constexpr std::string_view help = R"(usage: friction_replay [--library] DIR...
Replays every *.json below each DIR (or the file DIR itself), one trace of friction decisions a
file: against controllers and registries themselves, or with --library through the wrappers that a
server puts around its tools. Prints one line for each file that differs, with its first differing
step, and ends with "N passed, N failed", which counts files. Levels, flags and messages must be
equal, numbers within 1e-9. Exit status: 0 if all passed, 1 if one failed or a DIR held none, 2 for
wrong use.
)";

}  // namespace

int main(int argc, char** argv) {
    using namespace sluice::friction::vectors;
    const bool library = argc > 1 && std::string_view(argv[1]) == "--library";
    if (library) {
        --argc;
        ++argv;
    }
    const auto replay = library ? replay_file<LibrarySubject> : replay_file<Subject>;
    if (argc < 2 || std::string_view(argv[1]) == "--help") {
        std::fputs(help.data(), argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : 0;
    }
    int passed = 0;
    int failed = 0;
    bool all_found = true;
    for (int i = 1; i < argc; ++i) {
        const auto files = trace_files(argv[i]);
        if (files.empty()) {
            fmt::print("{}: no *.json found\n", argv[i]);
            all_found = false;
        }
        for (const auto& file : files) {
            const auto difference = replay(file);
            if (difference) fmt::print("{}: {}\n", file.string(), *difference);
            ++(difference ? failed : passed);
        }
    }
    fmt::print("{} passed, {} failed\n", passed, failed);
    return failed == 0 && all_found ? 0 : 1;
}
