#include "http/cache_lifetime.h"

#include <algorithm>
#include <ctime>
#include <string>

#include "base/ascii.h"

namespace sluice::http {
namespace {

constexpr std::int64_t lifetime_max_s = 10LL * 365 * 24 * 3600;

std::optional<Seconds> read_seconds(std::string_view text) {
    const auto number = parse_decimal(text);
    if (!number) return std::nullopt;
    return Seconds{std::min<std::int64_t>(static_cast<std::int64_t>(*number & 0x7fff'ffff'ffff),
                                          lifetime_max_s)};
}

/// What Cache-Control says.
struct Directives {
    bool forbidden = false;  // no-store, no-cache, private
    std::optional<Seconds> max_age;
    std::optional<Seconds> shared_max_age;
};

void read_directive(Directives& directives, std::string_view text) {
    const std::size_t sign = std::min(text.find('='), text.size());
    const std::string_view name = trim(text.substr(0, sign));
    std::string_view value = trim(text.substr(std::min(sign + 1, text.size())));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        value = value.substr(1, value.size() - 2);
    }
    for (const std::string_view word : {"no-store", "no-cache", "private"}) {
        directives.forbidden |= equal_ignoring_case(name, word);
    }
    if (equal_ignoring_case(name, "max-age")) directives.max_age = read_seconds(value);
    if (equal_ignoring_case(name, "s-maxage")) directives.shared_max_age = read_seconds(value);
}

Directives read_directives(const ResponseHead& head) {
    Directives directives;
    for (const Field& field : head.fields()) {
        if (!equal_ignoring_case(field.name, "Cache-Control")) continue;
        std::string_view rest = field.value;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find(','), rest.size());
            read_directive(directives, rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    return directives;
}

std::optional<Seconds> until_expiry(const ResponseHead& head, WallTime now) {
    const auto field = head.field("Expires");
    if (!field) return std::nullopt;
    const auto expires = parse_http_date(trim(*field));
    if (!expires) return Seconds{0};  // RFC 9111 §5.3: "0" and the like have expired
    const auto date = parse_http_date(trim(head.field("Date").value_or("")));
    return std::chrono::floor<Seconds>(*expires - date.value_or(now));
}

}  // namespace

std::optional<Seconds> freshness_lifetime(const ResponseHead& head, WallTime now) {
    const Directives directives = read_directives(head);
    if (directives.forbidden) return Seconds{0};
    auto lifetime = directives.shared_max_age ? directives.shared_max_age : directives.max_age;
    if (!lifetime) lifetime = until_expiry(head, now);
    if (!lifetime) return std::nullopt;
    const auto age = read_seconds(trim(head.field("Age").value_or("")));
    return std::max(Seconds{0}, *lifetime - age.value_or(Seconds{0}));
}

std::optional<WallTime> parse_http_date(std::string_view text) {
    std::tm parts{};
    const std::string copy(text);
    const char* end = strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (end == nullptr || *end != '\0') return std::nullopt;
    return WallTime{Seconds{timegm(&parts)}};
}

}  // namespace sluice::http
