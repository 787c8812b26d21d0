// The router against the plainest one: every route is looked at, the longest prefix wins.
#include "http/router.h"

#include <string>
#include <vector>

#include "base/check.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::http;

struct Route {
    std::string path;
    bool prefix;
};

// Which route serves `path`; -1 where none does.
int plain_match(const std::vector<Route>& routes, std::string_view path) {
    int best = -1;
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const Route& route = routes[i];
        if (!route.prefix && route.path == path) return static_cast<int>(i);
        const bool below = route.prefix && path.size() > route.path.size() &&
                           path.starts_with(route.path) && path[route.path.size()] == '/';
        if (below && (best < 0 || routes[best].path.size() < route.path.size())) {
            best = static_cast<int>(i);
        }
    }
    return best;
}

}  // namespace

// Lines: "=/exact", "^/prefix"; the first other line is the path that is asked for.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view input = fuzz::text_of(data, size);
    Router router;
    std::vector<Route> routes;
    std::string_view asked;
    while (!input.empty()) {
        const std::size_t end = std::min(input.find('\n'), input.size());
        const std::string_view line = input.substr(0, end);
        input.remove_prefix(std::min(end + 1, input.size()));
        const bool exact = line.starts_with("=/");
        const bool prefix = line.starts_with("^/") && !line.ends_with('/');
        if (!exact && !prefix) {
            asked = line;
            break;
        }
        const Route route{std::string(line.substr(1)), prefix};
        bool known = false;
        for (const Route& other : routes) {
            known = known || (other.path == route.path && other.prefix == route.prefix);
        }
        if (known) continue;
        const auto handler = static_cast<std::uint32_t>(routes.size());
        exact ? router.add(Method::get, route.path, handler)
              : router.add_prefix(Method::get, route.path, handler);
        routes.push_back(route);
    }
    const int expected = plain_match(routes, asked);
    const RouteMatch match = router.match(Method::get, asked);
    CHECK((match.outcome == RouteMatch::Outcome::found) == (expected >= 0), asked);
    if (expected >= 0) CHECK(match.handler == static_cast<std::uint32_t>(expected), asked);
    return 0;
}
