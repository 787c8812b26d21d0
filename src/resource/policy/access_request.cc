#include "resource/policy/access_request.h"

#include <algorithm>
#include <array>

namespace sluice::resource {

bool is_governed_method(std::string_view method) {
    static constexpr std::array<std::string_view, 5> methods = {
        "resources/read", "resources/subscribe", "resources/unsubscribe", "prompts/get",
        "completion/complete"};
    return std::ranges::find(methods, method) != methods.end() || method.starts_with("tasks/");
}

std::optional<std::span<const token::Attribute>> known_attributes(const token::TokenInfo& caller) {
    if (!caller.knows_person) return std::nullopt;
    return caller.attributes;
}

}  // namespace sluice::resource
