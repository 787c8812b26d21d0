// Stored user account: the value of a document of kind user, whose key is the username. `sluice
// user add` writes it, signing in reads it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/password_hash.h"

namespace sluice::oauth {

struct StoredUser {
    crypto::PasswordHash password_hash;  // one that has a text form
    std::string name;                    // for people to read; empty: the username
    std::string email;                   // may be empty

    /// {"password_hash":"$pbkdf2-sha256$...","name":"Alice","email":"alice@example.com"}
    std::string to_json() const;
    /// Nothing where the text is no such object, or its hash is none that PasswordHash::parse()
    /// takes. Members that are not known here are passed over: a later version may have written
    /// them.
    static std::optional<StoredUser> parse(std::string_view json);
};

/// What a username in storage looks like: 1 to 200 bytes of UTF-8 without control characters,
/// quotes and backslashes. Others are the configuration's alone.
bool is_stored_username(std::string_view username);

}  // namespace sluice::oauth
