#include "loadgen/shown_command.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/ascii.h"

namespace sluice::loadgen {
namespace {

constexpr std::string_view hidden = "***";
constexpr std::array<std::string_view, 4> harmless_fields = {"content-type", "accept", "user-agent",
                                                             "host"};

bool is_one_of(std::string_view option, std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, option) != names.end();
}

/// Hides what stands behind the colon of "name:secret".
std::string behind_colon_hidden(std::string_view value) {
    const std::size_t colon = value.find(':');
    if (colon == std::string_view::npos) return std::string(value);
    return std::string(value.substr(0, colon + 1)).append(hidden);
}

std::string shown_value(std::string_view option, std::string_view value) {
    if (is_one_of(option, {"--client", "--caller", "--user"})) return behind_colon_hidden(value);
    if (is_one_of(option, {"-H", "--header"})) {
        const std::string name = to_lower(value.substr(0, value.find(':')));
        const bool harmless = std::ranges::find(harmless_fields, name) != harmless_fields.end();
        return harmless ? std::string(value) : behind_colon_hidden(value);
    }
    const bool tells = value.find("secret") != std::string_view::npos ||
                       value.find("password") != std::string_view::npos;
    return std::string(option == "--body" && tells ? hidden : value);
}

}  // namespace

std::vector<std::string> without_secrets(const std::vector<std::string>& words) {
    std::vector<std::string> shown;
    std::string option;
    for (const std::string& word : words) {
        const std::size_t equals = word.find('=');
        if (!option.empty()) {
            shown.push_back(shown_value(option, word));
            option.clear();
        } else if (word.starts_with("--") && equals != std::string::npos) {
            const std::string value = shown_value(word.substr(0, equals), word.substr(equals + 1));
            shown.push_back(word.substr(0, equals + 1) + value);
        } else if (word.starts_with("-H") && word.size() > 2) {
            shown.push_back("-H" + shown_value("-H", std::string_view(word).substr(2)));
        } else {
            shown.push_back(word);
            if (is_one_of(word, {"--client", "--caller", "--user", "-H", "--header", "--body"})) {
                option = word;
            }
        }
    }
    return shown;
}

}  // namespace sluice::loadgen
