// Choosing the resource.
#include "oauth/grants/resource_policy.h"

namespace sluice::oauth {
namespace {

Result<PooledText> known_resource(std::string_view asked, const Settings& settings) {
    if (find_resource(settings, asked) != nullptr) return PooledText(asked);
    const auto parsed = token::ResourceIdentifier::parse(asked);
    if (!parsed)
        return refuse(ErrorCode::invalid_target, "The resource is not a valid absolute URI.");
    // A server that names no resource leaves it to resources to ask about tokens: what one is for
    // is in the token, and no other resource takes it.
    const bool any = settings.resources.empty();
    if (!any && find_resource(settings, parsed->text()) == nullptr) {
        return refuse(ErrorCode::invalid_target, "The requested resource is unknown.");
    }
    return PooledText(parsed->text());
}

bool same_resource(std::string_view a, std::string_view b) {
    if (a == b) return true;
    const auto one = token::ResourceIdentifier::parse(a);
    const auto other = token::ResourceIdentifier::parse(b);
    return one && other && one->text() == other->text();
}

}  // namespace

const ResourceSetting* find_resource(const Settings& settings, std::string_view identifier) {
    for (const ResourceSetting& resource : settings.resources) {
        if (resource.identifier.text() == identifier) return &resource;
    }
    return nullptr;
}

Result<std::optional<std::string_view>> asked_resource(const http::Form& form) {
    std::optional<std::string_view> asked;
    for (const auto& [name, value] : form.parameters()) {
        if (name != "resource" || value.empty()) continue;
        if (!asked) {
            asked = value;
        } else if (!same_resource(*asked, value)) {
            return refuse(ErrorCode::invalid_target,
                          "A token can be issued for one resource only.");
        }
    }
    return asked;
}

Result<PooledText> resource_to_grant(std::optional<std::string_view> asked,
                                     const Settings& settings) {
    if (asked) return known_resource(*asked, settings);
    if (settings.resources.empty()) return PooledText();
    return PooledText(settings.resources.front().identifier.text());
}

Result<PooledText> resource_of_token(std::optional<std::string_view> asked,
                                     std::string_view granted) {
    if (!asked || same_resource(*asked, granted)) return PooledText(granted);
    return refuse(ErrorCode::invalid_target, "The resource does not match the one of the grant.");
}

}  // namespace sluice::oauth
