#include "config/problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice::config {

std::string format_problem(std::string_view file_name, const Problem& problem) {
    std::string out(file_name);
    if (problem.line > 0) out += fmt::format(":{}", problem.line);
    if (!out.empty()) out += ": ";
    if (!problem.key.empty()) out += problem.key + ": ";
    return out + problem.text;
}

void Problems::add_unreadable(const Place& place, std::string text) {
    unreadable_.push_back(place.key);
    insert(place, std::move(text));
}

void Problems::add(const Place& place, std::string text) {
    const bool unreadable = std::ranges::find(unreadable_, place.key) != unreadable_.end();
    if (unreadable && !place.key.empty()) return;
    insert(place, std::move(text));
}

void Problems::insert(const Place& place, std::string text) {
    const auto behind = std::ranges::upper_bound(problems_, place.line, {}, &Problem::line);
    problems_.insert(behind, {place.line, place.key, std::move(text)});
}

std::vector<Problem> Problems::take() {
    return std::exchange(problems_, {});
}

}  // namespace sluice::config
