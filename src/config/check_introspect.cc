// The rules of `introspect`, which names resources of the whole configuration.
#include <algorithm>

#include "config/check.h"
#include "config/checks.h"

namespace sluice::config {
namespace {

using token::ResourceIdentifier;

std::optional<ResourceIdentifier> find_named(std::string_view text,
                                             const std::vector<resource::ResourceSettings>& served,
                                             const std::vector<oauth::ResourceSetting>& known) {
    if (text.starts_with('/')) {
        if (text.size() > 1 && text.ends_with('/')) text.remove_suffix(1);
        const auto found = std::ranges::find(served, text, &resource::ResourceSettings::path);
        return found != served.end() ? std::optional(found->identifier) : std::nullopt;
    }
    const auto parsed = ResourceIdentifier::parse(text);
    if (!parsed) return std::nullopt;
    const bool is_known =
        known.empty() ||
        std::ranges::find(known, *parsed, &oauth::ResourceSetting::identifier) != known.end();
    return is_known ? std::optional(*parsed) : std::nullopt;
}

}  // namespace

token::ResourceRights check_introspect(const RawIntrospect& raw,
                                       const std::vector<resource::ResourceSettings>& served,
                                       const std::vector<oauth::ResourceSetting>& known,
                                       Problems& problems) {
    if (raw.all) return token::ResourceRights::all();
    std::vector<ResourceIdentifier> resources;
    for (const Setting<std::string>& text : raw.resources) {
        const auto resource = find_named(*text, served, known);
        if (resource) {
            resources.push_back(*resource);
            continue;
        }
        std::string list;
        for (const resource::ResourceSettings& one : served) list += fmt::format(" {},", one.path);
        if (!list.empty()) list.back() = ';';
        problems.add(text.place,
                     fmt::format("\"{}\" is no resource of this configuration:{} write the path or "
                                 "the identifier of a [[resource]], an entry of auth.resources, or "
                                 "introspect = true for all",
                                 *text, list));
    }
    return token::ResourceRights::over(resources);
}

}  // namespace sluice::config
