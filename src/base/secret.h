// A text that must not outlive its use nor reach a log.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

namespace sluice {

/// Owns a password, key or token; its memory is zeroed when it is dropped, and it has no way to be
/// printed or formatted. `reveal()` names each place that looks inside.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}
    Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.erase(); }
    Secret& operator=(Secret&& other) noexcept {
        if (this != &other) {
            erase();
            text_ = std::move(other.text_);
            other.erase();
        }
        return *this;
    }
    Secret(const Secret&) = default;
    Secret& operator=(const Secret& other) {
        if (this != &other) {
            erase();
            text_ = other.text_;
        }
        return *this;
    }
    ~Secret() { erase(); }

    std::string_view reveal() const { return text_; }  // valid while *this lives and is unchanged
    bool empty() const { return text_.empty(); }

private:
    void erase() {
        text_.resize(text_.capacity());
        explicit_bzero(text_.data(), text_.size());
        text_.clear();
    }
    std::string text_;
};

}  // namespace sluice
