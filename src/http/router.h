// Router: which handler serves a request, by exact path or prefix.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/method.h"

namespace sluice::http {

struct RouteMatch {
    enum class Outcome : std::uint8_t {
        found,               // `handler` serves it; a HEAD may be served by the handler of GET
        options,             // answer 204 with `allow`
        method_not_allowed,  // answer 405 with `allow`
        not_found,           // answer 404
    };
    Outcome outcome = Outcome::not_found;
    std::uint32_t handler = 0;
    std::string_view allow;  // value of the Allow field; valid while the router lives
    std::string_view rest;   // for a prefix: what follows it, "/" first; valid as long as the path
};

/// Built once, then only asked. Handlers are indices into whatever its owner keeps.
class Router {
public:
    /// Serves `path` alone. CHECKs that no handler stands there for the method.
    void add(Method method, std::string_view path, std::uint32_t handler);
    /// Serves every path that begins with `prefix` + "/"; the longest prefix wins, exact paths come
    /// first. RFC 8414 §3.1 and RFC 9728 §3.1 insert a path behind a well-known one this way.
    void add_prefix(Method method, std::string_view prefix, std::uint32_t handler);

    /// `path` as Request::path() gives it. No allocation.
    RouteMatch match(Method method, std::string_view path) const;

private:
    static constexpr std::uint32_t none = UINT32_MAX;

    struct Place {
        std::string path;
        std::array<std::uint32_t, method_count> handlers;
        std::string allow;
    };

    static void add_to(std::vector<Place>& places, Method method, std::string_view path,
                       std::uint32_t handler);
    static RouteMatch choose(const Place& place, Method method);

    std::vector<Place> exact_;     // ordered by path
    std::vector<Place> prefixes_;  // ordered by path
};

}  // namespace sluice::http
