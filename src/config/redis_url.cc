// Taking the URL of Redis apart.
#include "config/redis_url.h"

#include <charconv>
#include <optional>

#include "base/result.h"
#include "http/uri.h"

namespace sluice::config {
namespace {

constexpr std::string_view forms =
    "has to be redis://host:6379 or rediss://host:6379, with user:password@ and /database where "
    "they are needed";

std::optional<std::uint32_t> to_number(std::string_view digits, std::uint32_t least,
                                       std::uint32_t most) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool whole = error == std::errc{} && end == digits.data() + digits.size();
    if (!whole || number < least || number > most) return std::nullopt;
    return number;
}

std::expected<void, std::string> read_user(std::string_view userinfo,
                                           storage::RedisSettings& settings) {
    const auto colon = userinfo.find(':');
    if (colon == std::string_view::npos) {
        return std::unexpected("has a user but no password: write user:password@ or :password@");
    }
    std::string password;
    if (!http::append_percent_decoded(settings.username, userinfo.substr(0, colon)) ||
        !http::append_percent_decoded(password, userinfo.substr(colon + 1))) {
        return std::unexpected(std::string(forms));
    }
    if (password.empty()) return std::unexpected("has an empty password");
    settings.password = Secret(std::move(password));
    return {};
}

}  // namespace

std::expected<RedisUrl, std::string> parse_redis_url(std::string_view text) {
    const auto uri = http::parse_uri(text);
    const bool known = uri && (uri->scheme == "redis" || uri->scheme == "rediss");
    if (!known || !uri->host || uri->host->empty() || uri->fragment) {
        return std::unexpected(std::string(forms));
    }
    if (uri->query) return std::unexpected("must not have a query: other keys say the rest");
    RedisUrl url;
    url.secure = uri->scheme == "rediss";
    std::string_view host = *uri->host;
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    url.settings.host = host;
    if (uri->userinfo) REQUIRE(read_user(*uri->userinfo, url.settings));
    if (uri->port && !uri->port->empty()) {
        const auto port = to_number(*uri->port, 1, 65535);
        if (!port) return std::unexpected("has a port that is not between 1 and 65535");
        url.settings.port = static_cast<std::uint16_t>(*port);
    }
    if (uri->path.size() > 1) {
        const auto database = to_number(uri->path.substr(1), 0, 1'000'000);
        if (!database)
            return std::unexpected("has a path that is not the number of a database, such as /1");
        url.settings.database = *database;
    }
    return url;
}

}  // namespace sluice::config
