// One lookup for all who ask.
#include "http/address_cache.h"

#include <algorithm>

#include "base/check.h"

namespace sluice::http {
namespace {

// After a lookup failed, the addresses of before serve this long until it is tried again.
constexpr Duration kept_after_failure = std::chrono::seconds{1};

}  // namespace

io::Task<std::vector<io::Address>> AddressCache::find(io::CancelScope* scope) {
    if (!addresses_.empty() && shard_.now() < fresh_until_) co_return addresses_;
    const bool under_way = lookups_.size() > 0;
    if (under_way && !addresses_.empty()) co_return addresses_;
    if (!under_way) {
        looked_up_.reset();
        lookups_.spawn(look_up());
        CHECK(lookups_.size() <= 1, "one lookup for all who ask");
    }
    co_await looked_up_.wait(scope);
    co_return addresses_;
}

io::Task<void> AddressCache::look_up() {
    std::vector<io::Address> found = co_await lookup_();
    const bool failed = found.empty();
    if (!failed) addresses_ = std::move(found);
    fresh_until_ = shard_.now() + (failed ? std::min(kept_, kept_after_failure) : kept_);
    looked_up_.set();
}

io::Task<void> AddressCache::close() {
    co_await lookups_.join();
}

}  // namespace sluice::http
