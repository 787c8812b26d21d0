// Choosing the resource.
#include "oauth/grants/resource_policy.h"

namespace sluice::oauth {
namespace {

Result<std::string> known_resource(std::string_view asked, const Settings& settings) {
    const auto parsed = token::ResourceIdentifier::parse(asked);
    if (!parsed) return refuse(ErrorCode::invalid_target, "The resource is not a usable URL.");
    // A server that names no resource leaves it to resources to ask about tokens: what one is for
    // is in the token, and no other resource takes it.
    const bool any = settings.resources.empty();
    if (!any && find_resource(settings, parsed->text()) == nullptr) {
        return refuse(ErrorCode::invalid_target, "No such resource is served here.");
    }
    return std::string(parsed->text());
}

}  // namespace

const ResourceSetting* find_resource(const Settings& settings, std::string_view identifier) {
    for (const ResourceSetting& resource : settings.resources) {
        if (resource.identifier.text() == identifier) return &resource;
    }
    return nullptr;
}

Result<std::string> resource_to_grant(std::optional<std::string_view> asked,
                                      const Settings& settings) {
    if (asked) return known_resource(*asked, settings);
    if (settings.resources.size() == 1) {
        return std::string(settings.resources.front().identifier.text());
    }
    return std::string();
}

Result<std::string> resource_of_token(std::optional<std::string_view> asked,
                                      std::string_view granted, const Settings& settings) {
    if (!asked) return std::string(granted);
    TRY(std::string wanted, known_resource(*asked, settings));
    if (granted.empty() || wanted == granted) return wanted;
    return refuse(ErrorCode::invalid_target, "The grant is for another resource.");
}

}  // namespace sluice::oauth
