#include "oauth/limits/shared_limit.h"

#include "base/pooled_text.h"

namespace sluice::oauth {

io::Task<Seconds> admit_among_boxes(storage::SharedWindows& shared, const Settings& settings,
                                    std::string_view kind, std::string_view key, unsigned people,
                                    Seconds own) {
    PooledText name(kind);
    name.append(" ").append(settings.issuer).append(" ").append(key);
    const RateLimit limit = settings.rate_limit.for_people(people);
    const storage::Shared<Seconds> wait =
        co_await shared.admit(name, {limit.requests, limit.window});
    co_return wait.value_or(own);
}

}  // namespace sluice::oauth
