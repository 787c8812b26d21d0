// A service made of endpoints, for tests: each serves one method of one path.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "http/router.h"
#include "http/service.h"

namespace sluice::http {

/// Answers 404 and 405 (with Allow) as JSON, OPTIONS with 204 and Allow. Endpoints are added before
/// the first request.
class Endpoints final : public Service {
public:
    using Streaming = std::function<io::Task<void>(Exchange&)>;
    using Plain = std::function<io::Task<void>(const Request&, Response&)>;

    void add(Method method, std::string_view path, Streaming handler);
    void add_plain(Method method, std::string_view path, Plain handler);
    /// Every path below `prefix` + "/": see Router::add_prefix.
    void add_prefix(Method method, std::string_view prefix, Streaming handler);

    io::Task<void> serve(Exchange& exchange) override;
    bool serves_from_head(const Request&) const override { return from_head; }

    bool from_head = false;

private:
    std::uint32_t keep(Streaming handler);

    Router router_;
    std::vector<Streaming> handlers_;
};

}  // namespace sluice::http
