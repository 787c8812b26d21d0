#include "loadgen/process_use.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace sluice::loadgen {
namespace {

namespace files = std::filesystem;

std::string text_of(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return std::move(text).str();
}

/// The numbered entries of a folder: processes of /proc, threads of /proc/N/task.
std::vector<int> numbers_in(const std::string& folder) {
    std::vector<int> numbers;
    std::error_code error;
    for (files::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename();
        if (name.find_first_not_of("0123456789") == std::string::npos) {
            numbers.push_back(std::stoi(name));
        }
    }
    return numbers;
}

/// Fields of /proc/PID/stat behind the name, which may hold anything: state, parent, ...
std::vector<std::string> stat_fields(int pid) {
    const std::string text = text_of(fmt::format("/proc/{}/stat", pid));
    const std::size_t name_end = text.rfind(')');
    if (name_end == std::string::npos) return {};
    std::istringstream rest(text.substr(name_end + 1));
    std::vector<std::string> fields;
    for (std::string field; rest >> field;) fields.push_back(field);
    return fields;
}

int parent_of(int pid) {
    const auto fields = stat_fields(pid);
    return fields.size() > 1 ? std::stoi(fields[1]) : 0;
}

/// Where the scheduler keeps no times: user and system time in ticks.
Duration ticks_of(int pid) {
    const auto fields = stat_fields(pid);
    if (fields.size() < 13) return {};
    const long ticks = std::stol(fields[11]) + std::stol(fields[12]);
    return Duration(ticks * (1'000'000'000 / sysconf(_SC_CLK_TCK)));
}

}  // namespace

std::vector<int> with_descendants(std::span<const int> pids) {
    std::vector<int> family(pids.begin(), pids.end());
    const std::vector<int> all = numbers_in("/proc");
    const auto inside = [&](int pid) { return std::ranges::find(family, pid) != family.end(); };
    for (bool grown = true; grown;) {
        grown = false;
        for (const int pid : all) {
            if (inside(pid) || !inside(parent_of(pid))) continue;
            family.push_back(pid);
            grown = true;
        }
    }
    return family;
}

Duration cpu_of(std::span<const int> pids) {
    Duration sum{};
    for (const int pid : pids) {
        Duration threads{};
        for (const int thread : numbers_in(fmt::format("/proc/{}/task", pid))) {
            std::istringstream text(
                text_of(fmt::format("/proc/{}/task/{}/schedstat", pid, thread)));
            std::int64_t ran = 0;
            if (text >> ran) threads += Duration(ran);
        }
        sum += threads > Duration::zero() ? threads : ticks_of(pid);
    }
    return sum;
}

std::uint64_t resident_bytes_of(std::span<const int> pids) {
    std::uint64_t bytes = 0;
    for (const int pid : pids) {
        std::istringstream text(text_of(fmt::format("/proc/{}/statm", pid)));
        std::uint64_t size = 0;
        std::uint64_t resident = 0;
        if (text >> size >> resident) {
            bytes += resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
        }
    }
    return bytes;
}

bool all_exist(std::span<const int> pids) {
    return std::ranges::all_of(pids, [](int pid) { return !stat_fields(pid).empty(); });
}

}  // namespace sluice::loadgen
