// Deriving tokens.
#include "oauth/grants/successor.h"

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>

#include "base/check.h"
#include "crypto/digest.h"

namespace sluice::oauth {
namespace {

// Gives one derived value where randomness is asked for, once.
class DerivedBytes final : public Random {
public:
    DerivedBytes(const Secret& key, std::initializer_list<std::string_view> parts) {
        CHECK(!key.empty(), "tokens that anybody could derive");
        std::string joined;
        for (const std::string_view part : parts) joined.append(part).push_back('\0');
        const Secret text(std::move(joined));
        bytes_ = crypto::hmac_sha256(key.reveal(), text.reveal());
    }
    DerivedBytes(const DerivedBytes&) = delete;
    DerivedBytes& operator=(const DerivedBytes&) = delete;
    ~DerivedBytes() override { explicit_bzero(bytes_.data(), bytes_.size()); }

    void fill(std::span<std::byte> out) override {
        CHECK(out.size() == bytes_.size() && !used_);
        std::ranges::copy(bytes_, out.begin());
        used_ = true;
    }

private:
    crypto::Digest bytes_;
    bool used_ = false;
};

}  // namespace

token::TokenText successor_of(std::string_view presented, token::GrantTag tag, const Keys& keys) {
    DerivedBytes bytes(keys.successor, {"refresh", presented});
    return token::TokenText::generate(token::TokenKind::refresh, tag, bytes);
}

token::TokenText access_token_beside(std::string_view presented, token::GrantTag tag,
                                     std::string_view scope, std::string_view resource,
                                     const Keys& keys) {
    DerivedBytes bytes(keys.successor, {"access", presented, scope, resource});
    return token::TokenText::generate(token::TokenKind::access, tag, bytes);
}

}  // namespace sluice::oauth
