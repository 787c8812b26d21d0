// Recognising replaced tokens.
#include "oauth/grants/replaced_token.h"

#include "base/check.h"
#include "oauth/grants/successor.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

constexpr int rotations_followed_max = 64;
// Each step costs some hashes, and a text that somebody made up takes them all.
constexpr int rotations_beside_max = 2;

// Which tokens once were is not stored, but each leads to its successors, and one of those is in
// memory.
bool leads_to_known_token(ShardState& owner, token::TokenText text, token::GrantTag tag,
                          int rotations) {
    for (; rotations > 0; --rotations) {
        const crypto::Digest digest = crypto::sha256(text.text());
        if (owner.tokens.memory().find_refresh(digest, owner.now()) != nullptr) return true;
        text = successor_of(text.text(), tag, owner.keys);
    }
    return false;
}

// A token that tells no generation has had successors that tell none, then such that do.
bool leads_there_without_generation(ShardState& owner, std::string_view text, token::GrantTag tag) {
    token::TokenText next = successor_without_generation(text, tag, owner.keys);
    token::TokenText told = successor_of(text, tag, owner.keys);
    if (leads_to_known_token(owner, told, tag, rotations_followed_max)) return true;
    for (int left = rotations_followed_max; left > 0; --left) {
        if (leads_to_known_token(owner, told, tag, rotations_beside_max)) return true;
        const crypto::Digest digest = crypto::sha256(next.text());
        if (owner.tokens.memory().find_refresh(digest, owner.now()) != nullptr) return true;
        told = successor_of(next.text(), tag, owner.keys);
        next = successor_without_generation(next.text(), tag, owner.keys);
    }
    return false;
}

}  // namespace

std::optional<storage::GrantHandle> grant_of_replaced_token(ShardState& owner,
                                                            std::string_view text,
                                                            token::GrantTag tag,
                                                            std::string_view client_id) {
    CHECK(owner.owner_of(tag) == owner.here(), "on the shard of the token's tag");
    const auto grant = owner.tokens.memory().find(tag);
    if (!grant) return std::nullopt;
    const storage::Grant* const found = owner.tokens.memory().find(*grant);
    if (found->claims->info.client_id != client_id) return std::nullopt;
    if (generation_of(text, tag, owner.keys)) return grant;
    return leads_there_without_generation(owner, text, tag) ? grant : std::nullopt;
}

}  // namespace sluice::oauth
