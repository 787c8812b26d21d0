// Concurrency limit (bulkhead): a counting semaphore for each key, so that no caller holds all of a
// resource.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/check.h"

namespace sluice {

/// Outlives the permits that it gives out. Remembers only keys that hold one.
class ConcurrencyLimit {
public:
    explicit ConcurrencyLimit(unsigned each_max) : each_max_(each_max) { CHECK(each_max > 0); }
    ~ConcurrencyLimit() { CHECK(taken_.empty(), "a permit outlives its limit"); }
    ConcurrencyLimit(const ConcurrencyLimit&) = delete;
    ConcurrencyLimit& operator=(const ConcurrencyLimit&) = delete;

    /// Released when dropped.
    class Permit {
    public:
        Permit(Permit&& other) noexcept
            : limit_(std::exchange(other.limit_, nullptr)), key_(std::move(other.key_)) {}
        Permit& operator=(Permit&&) = delete;
        ~Permit() {
            if (limit_ != nullptr) limit_->release(key_);
        }

    private:
        friend ConcurrencyLimit;
        Permit(ConcurrencyLimit& limit, std::string_view key) : limit_(&limit), key_(key) {}
        ConcurrencyLimit* limit_;
        std::string key_;
    };

    /// Nothing where `key` holds as many as it may.
    std::optional<Permit> acquire(std::string_view key) {
        unsigned& taken = taken_[std::string(key)];
        CHECK(taken <= each_max_);
        if (taken == each_max_) return std::nullopt;
        ++taken;
        return Permit(*this, key);
    }

private:
    void release(const std::string& key) {
        const auto found = taken_.find(key);
        CHECK(found != taken_.end() && found->second > 0, "a permit is released once");
        if (--found->second == 0) taken_.erase(found);
    }

    unsigned each_max_;
    std::unordered_map<std::string, unsigned> taken_;
};

}  // namespace sluice
