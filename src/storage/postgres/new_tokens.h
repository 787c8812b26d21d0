// Bulk insert: new tokens as the parameters $1 to $16 of the statements that add some.
#pragma once

#include <array>
#include <span>

#include "storage/postgres/arguments.h"
#include "storage/postgres/call.h"
#include "storage/store.h"

namespace sluice::storage::postgres {

/// now    Seconds since 1970.
/// plain  Whether the texts go along; else they never leave the process.
void add_new_tokens(Arguments& arguments, const NewTokens& tokens, std::int64_t now, bool plain);

/// The same for many grants at once. Its memory is used again.
class GrantArrays {
public:
    void fill(Arguments& arguments, std::span<Call* const> calls, std::int64_t now, bool plain);
    /// Those of the last fill().
    std::string_view tags() { return tag_.finish(); }

private:
    using Element = ArrayBuilder::Element;

    ArrayBuilder tag_{Element::bigint};
    ArrayBuilder access_digest_{Element::bytea};
    ArrayBuilder client_id_{Element::text};
    ArrayBuilder username_{Element::text};
    ArrayBuilder access_scope_{Element::text};
    ArrayBuilder access_resource_{Element::text};
    ArrayBuilder access_issued_at_{Element::bigint};
    ArrayBuilder access_expires_at_{Element::bigint};
    ArrayBuilder refresh_digest_{Element::bytea};
    ArrayBuilder grant_scope_{Element::text};
    ArrayBuilder grant_resource_{Element::text};
    ArrayBuilder refresh_issued_at_{Element::bigint};
    ArrayBuilder refresh_expires_at_{Element::bigint};
    ArrayBuilder access_text_{Element::text};
    ArrayBuilder refresh_text_{Element::text};

    void add(const NewTokens& tokens, bool plain);
};

}  // namespace sluice::storage::postgres
