// The rules of [storage.redis].
#include <chrono>

#include "config/check.h"
#include "config/checks.h"
#include "config/redis_url.h"
#include "config/trust.h"

namespace sluice::config {

storage::RedisSettings check_redis(const RawRedis& raw, const Environment& environment,
                                   Problems& problems) {
    using namespace std::chrono_literals;
    storage::RedisSettings settings;
    if (!raw.url.given()) {
        problems.add(raw.url.place(),
                     "is missing: where Redis is, such as redis://redis.example:6379");
    } else if (const Secret url = resolve_secret(raw.url, environment, problems); !url.empty()) {
        const auto parsed = parse_redis_url(url.reveal());
        if (parsed) {
            settings = parsed->settings;
            settings.trust =
                TrustReader(environment, problems).read(parsed->secure, raw.url.place(), raw.ca);
        } else {
            problems.add(raw.url.place(), parsed.error());
        }
    }
    settings.timeout = check_range<Duration>(raw.timeout, 1ms, 1s, problems);
    return settings;
}

}  // namespace sluice::config
