// Interned claims: what the tokens of a grant say, once for all tokens that say the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.h"
#include "storage/text_hash.h"
#include "token/introspection.h"

namespace sluice::storage {

/// Immutable but for its count. Everything an introspection answers except the times.
struct Claims {
    token::TokenInfo info;  // without times
    std::string json_head;  // the answer for an active token, up to where the times are added
    std::uint32_t references = 0;
    const std::string* key = nullptr;  // its own in the table
};

/// Claims by content. Belongs to one shard.
class ClaimsTable {
public:
    explicit ClaimsTable(std::uint64_t hash_seed)
        : by_content_(make_text_map<std::unique_ptr<Claims>>(hash_seed)) {}

    /// The claims of these four texts with one more reference; give it back with release().
    /// username  Empty: the token stands for no person. audience  Empty: for none in particular.
    Claims& acquire(std::string_view client_id, std::string_view username, std::string_view scope,
                    std::string_view audience, std::string_view issuer);
    Claims& acquire(Claims& claims) {
        CHECK(claims.references > 0, "claims that nobody holds are gone");
        ++claims.references;
        return claims;
    }
    void release(Claims& claims);

    std::size_t size() const { return by_content_.size(); }

private:
    void write_key(std::string_view client_id, std::string_view username, std::string_view scope,
                   std::string_view audience);

    TextMap<std::unique_ptr<Claims>> by_content_;
    std::string key_;  // reused
};

}  // namespace sluice::storage
