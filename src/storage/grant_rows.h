// Grants from rows of tokens, for engines that keep a row for each.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "storage/store.h"

namespace sluice::storage {

/// A token of some grant, as a row says it.
struct TokenRow {
    token::GrantTag tag;
    bool is_refresh = false;  // then its scope is the grant's
    StoredToken token;
};

/// The grants that rows are of, in the order of their tags.
inline std::vector<StoredGrant> grants_of(std::vector<TokenRow> rows) {
    // A refresh token says what was granted: it comes last and so has the last word.
    std::ranges::sort(
        rows, {}, [](const TokenRow& row) { return std::pair(row.tag.value(), row.is_refresh); });
    std::vector<StoredGrant> grants;
    for (TokenRow& row : rows) {
        StoredToken& token = row.token;
        if (grants.empty() || grants.back().tag != row.tag) {
            grants.push_back({.tag = row.tag,
                              .client_id = std::move(token.client_id),
                              .username = std::move(token.username),
                              .scope = std::move(token.scope),
                              .resource = std::move(token.resource),
                              .issued_at = token.issued_at,
                              .expires_at = token.expires_at});
            continue;
        }
        StoredGrant& grant = grants.back();
        if (row.is_refresh) {
            grant.scope = std::move(token.scope);
            grant.resource = std::move(token.resource);
        }
        grant.issued_at = std::min(grant.issued_at, token.issued_at);
        grant.expires_at = std::max(grant.expires_at, token.expires_at);
    }
    return grants;
}

}  // namespace sluice::storage
