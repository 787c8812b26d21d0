// Building and asking a router.
#include "http/router.h"

#include <algorithm>

#include "base/check.h"

namespace sluice::http {

void Router::add(Method method, std::string_view path, std::uint32_t handler) {
    add_to(exact_, method, path, handler);
}

void Router::add_prefix(Method method, std::string_view prefix, std::uint32_t handler) {
    CHECK(!prefix.ends_with('/'), prefix);
    add_to(prefixes_, method, prefix, handler);
}

void Router::add_to(std::vector<Place>& places, Method method, std::string_view path,
                    std::uint32_t handler) {
    CHECK(handler != none && (path.empty() || path.starts_with('/')), path);
    auto place = std::ranges::lower_bound(places, path, {}, &Place::path);
    if (place == places.end() || place->path != path) {
        place = places.insert(place, Place{std::string(path), {}, {}});
        place->handlers.fill(none);
    }
    auto& slot = place->handlers[static_cast<std::size_t>(method)];
    CHECK(slot == none, path);
    slot = handler;
    const auto serves = [&](Method asked) {
        return place->handlers[static_cast<std::size_t>(asked)] != none;
    };
    place->allow.clear();
    for (std::size_t i = 0; i < method_count; ++i) {
        const auto asked = static_cast<Method>(i);
        const bool implied =
            asked == Method::options || (asked == Method::head && serves(Method::get));
        if (!serves(asked) && !implied) continue;
        if (!place->allow.empty()) place->allow += ", ";
        place->allow += to_text(asked);
    }
}

RouteMatch Router::choose(const Place& place, Method method) {
    using enum RouteMatch::Outcome;
    std::uint32_t handler = place.handlers[static_cast<std::size_t>(method)];
    if (handler == none && method == Method::head) {
        handler = place.handlers[static_cast<std::size_t>(Method::get)];
    }
    if (handler != none) return {found, handler, place.allow, {}};
    return {method == Method::options ? options : method_not_allowed, 0, place.allow, {}};
}

RouteMatch Router::match(Method method, std::string_view path) const {
    const auto place = std::ranges::lower_bound(exact_, path, {}, &Place::path);
    if (place != exact_.end() && place->path == path) return choose(*place, method);
    for (std::size_t slash = path.rfind('/'); slash != std::string_view::npos && slash > 0;
         slash = path.rfind('/', slash - 1)) {
        const std::string_view prefix = path.substr(0, slash);
        const auto at = std::ranges::lower_bound(prefixes_, prefix, {}, &Place::path);
        if (at == prefixes_.end() || at->path != prefix) continue;
        RouteMatch match = choose(*at, method);
        match.rest = path.substr(slash);
        return match;
    }
    return {};
}

}  // namespace sluice::http
