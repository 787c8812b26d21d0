// Object pool: objects that are used again, so that what they have allocated is there already.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "base/check.h"

namespace sluice {

/// Outlives the leases that it gives out. Lives on one shard.
template <class Value>
class ObjectPool {
public:
    /// kept_max  Objects that are kept while nobody uses them.
    explicit ObjectPool(std::size_t kept_max) : kept_max_(kept_max) { idle_.reserve(kept_max); }
    ObjectPool(const ObjectPool&) = delete;
    ObjectPool& operator=(const ObjectPool&) = delete;
    ~ObjectPool() { CHECK(lent_ == 0, "a lease outlives its pool"); }

    /// Released when dropped.
    class Lease {
    public:
        Lease(Lease&&) noexcept = default;
        Lease& operator=(Lease&&) = delete;
        ~Lease() {
            if (value_ != nullptr) pool_.release(std::move(value_));
        }
        Value& operator*() const { return *value_; }
        Value* operator->() const { return value_.get(); }

    private:
        friend ObjectPool;
        Lease(ObjectPool& pool, std::unique_ptr<Value> value)
            : pool_(pool), value_(std::move(value)) {}
        ObjectPool& pool_;
        std::unique_ptr<Value> value_;
    };

    /// As its last user left it.
    Lease acquire() {
        ++lent_;
        if (idle_.empty()) return Lease(*this, std::make_unique<Value>());
        std::unique_ptr<Value> value = std::move(idle_.back());
        idle_.pop_back();
        return Lease(*this, std::move(value));
    }

private:
    void release(std::unique_ptr<Value> value) {
        CHECK(lent_ > 0);
        --lent_;
        if (idle_.size() < kept_max_) idle_.push_back(std::move(value));
    }

    std::size_t kept_max_;
    std::size_t lent_ = 0;  // leases that have not come back
    std::vector<std::unique_ptr<Value>> idle_;
};

}  // namespace sluice
