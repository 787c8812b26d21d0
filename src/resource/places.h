// So many at a time for each key: what one caller may hold of a thing that others want too.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace sluice::resource {

/// Outlives the places that it gives out. Remembers only keys that hold one.
class Places {
public:
    explicit Places(unsigned each_max) : each_max_(each_max) {}
    Places(const Places&) = delete;
    Places& operator=(const Places&) = delete;

    /// Given back when dropped.
    class Place {
    public:
        Place(Place&& other) noexcept
            : places_(std::exchange(other.places_, nullptr)), key_(std::move(other.key_)) {}
        Place& operator=(Place&&) = delete;
        ~Place() {
            if (places_ != nullptr) places_->give_back(key_);
        }

    private:
        friend Places;
        Place(Places& places, std::string_view key) : places_(&places), key_(key) {}
        Places* places_;
        std::string key_;
    };

    /// Nothing where `key` holds as many as it may.
    std::optional<Place> take(std::string_view key) {
        unsigned& taken = taken_[std::string(key)];
        if (taken == each_max_) return std::nullopt;
        ++taken;
        return Place(*this, key);
    }

private:
    void give_back(const std::string& key) {
        const auto found = taken_.find(key);
        if (--found->second == 0) taken_.erase(found);
    }

    unsigned each_max_;
    std::unordered_map<std::string, unsigned> taken_;
};

}  // namespace sluice::resource
