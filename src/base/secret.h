// Secret: a text that is wiped after use and cannot reach a log.
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
    explicit Secret(std::string text) : text_(std::move(text)) { erase(text); }
    Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { erase(other.text_); }
    Secret& operator=(Secret&& other) noexcept {
        if (this != &other) {
            erase(text_);
            text_ = std::move(other.text_);
            erase(other.text_);
        }
        return *this;
    }
    Secret(const Secret&) = default;
    Secret& operator=(const Secret& other) {
        if (this != &other) {
            erase(text_);
            text_ = other.text_;
        }
        return *this;
    }
    ~Secret() { erase(text_); }

    std::string_view reveal() const { return text_; }  // valid while *this lives and is unchanged
    bool empty() const { return text_.empty(); }

private:
    // A text that was moved from counts too: a short one leaves its bytes behind.
    static void erase(std::string& text) {
        text.resize(text.capacity());
        explicit_bzero(text.data(), text.size());
        text.clear();
    }
    std::string text_;
};

}  // namespace sluice
