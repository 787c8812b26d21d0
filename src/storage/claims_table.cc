// Finding and dropping shared claims.
#include "storage/claims_table.h"

#include "base/check.h"

namespace sluice::storage {

// None of the four holds a line feed: client identifiers and scopes by their grammar, URLs too, and
// user names are lines.
void ClaimsTable::write_key(std::string_view client_id, std::string_view username,
                            std::string_view scope, std::string_view audience) {
    key_.assign(client_id).append("\n").append(username).append("\n");
    key_.append(scope).append("\n").append(audience);
}

Claims& ClaimsTable::acquire(std::string_view client_id, std::string_view username,
                             std::string_view scope, std::string_view audience,
                             std::string_view issuer) {
    write_key(client_id, username, scope, audience);
    if (const auto found = by_content_.find(key_); found != by_content_.end()) {
        return acquire(*found->second);
    }
    auto claims = std::make_unique<Claims>();
    token::TokenInfo& info = claims->info;
    info.scope = token::ScopeSet::parse(scope).value_or(token::ScopeSet{});
    info.client_id = client_id;
    info.username = username;
    info.token_type = "Bearer";
    info.subject = username.empty() ? client_id : username;
    if (!audience.empty()) info.audience.emplace_back(audience);
    info.issuer = issuer;
    token::append_introspection_json(claims->json_head, info);
    CHECK(claims->json_head.ends_with('}'));
    claims->json_head.pop_back();
    claims->json_head.shrink_to_fit();
    claims->references = 1;
    const auto place = by_content_.emplace(key_, std::move(claims)).first;
    place->second->key = &place->first;
    return *place->second;
}

void ClaimsTable::release(Claims& claims) {
    CHECK(claims.references > 0);
    if (--claims.references > 0) return;
    const auto place = by_content_.find(*claims.key);
    CHECK(place != by_content_.end() && place->second.get() == &claims, "claims of another table");
    by_content_.erase(place);
}

}  // namespace sluice::storage
