// Comparing media types and ranges.
#include "http/media_type.h"

#include <algorithm>

#include "base/ascii.h"

namespace sluice::http {
namespace {

std::string_view without_parameters(std::string_view text) {
    return trim(text.substr(0, text.find(';')));
}

// The weight is zero: "q=0", "q=0.0", ... (RFC 9110 §12.4.2).
bool is_refused(std::string_view range) {
    for (std::size_t at = range.find(';'); at != std::string_view::npos;
         at = range.find(';', at + 1)) {
        std::string_view parameter = range.substr(at + 1);
        parameter = trim(parameter.substr(0, parameter.find(';')));
        if (parameter.size() < 3 || to_lower(parameter[0]) != 'q' || parameter[1] != '=') continue;
        return std::ranges::all_of(parameter.substr(2),
                                   [](char c) { return c == '0' || c == '.'; });
    }
    return false;
}

// 3: the type itself, 2: "type/*", 1: "*/*", 0: something else.
int exactness(std::string_view range, std::string_view type) {
    const std::string_view name = without_parameters(range);
    if (equal_ignoring_case(name, type)) return 3;
    if (name == "*/*") return 1;
    const std::string_view main_type = type.substr(0, type.find('/') + 1);
    return name.ends_with("/*") && equal_ignoring_case(name.substr(0, name.size() - 1), main_type)
               ? 2
               : 0;
}

// The most exact range for `type` of at least `exactness_min`, and whether it takes the type.
bool best_range_accepts(std::string_view accept, std::string_view type, int exactness_min) {
    int best = exactness_min - 1;
    bool accepted = false;
    while (!accept.empty()) {
        const std::size_t end = std::min(accept.find(','), accept.size());
        const std::string_view range = accept.substr(0, end);
        if (const int found = exactness(range, type); found > best) {
            best = found;
            accepted = !is_refused(range);
        }
        accept.remove_prefix(std::min(end + 1, accept.size()));
    }
    return accepted;
}

}  // namespace

bool is_media_type(std::string_view content_type, std::string_view type) {
    return equal_ignoring_case(without_parameters(content_type), type);
}

bool accepts(std::string_view accept, std::string_view type) {
    return trim(accept).empty() || best_range_accepts(accept, type, 1);
}

bool accepts_by_name(std::string_view accept, std::string_view type) {
    return best_range_accepts(accept, type, 3);
}

}  // namespace sluice::http
