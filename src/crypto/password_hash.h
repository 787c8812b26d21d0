// Password hashing: PBKDF2-HMAC-SHA256 (RFC 8018 §5.2) in the PHC string format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/random.h"
#include "crypto/digest.h"

namespace sluice::crypto {

/// RFC 8018 §5.2 over HMAC-SHA256: fills `out`.
void pbkdf2_hmac_sha256(std::string_view password, std::string_view salt, std::uint32_t iterations,
                        std::span<std::byte> out);

/// "$pbkdf2-sha256$i=600000$<salt>$<hash>", salt and hash in standard base64 without padding.
/// Making and verifying take about 75 ms of CPU time: never on a reactor thread.
class PasswordHash {
public:
    static constexpr std::uint32_t iterations_min = 600'000;
    static constexpr std::uint32_t iterations_max = 10'000'000;  // what an entry may cost us

    static PasswordHash make(std::string_view password, Random& random,
                             std::uint32_t iterations = iterations_min);

    /// For a password that is at hand in plain text all the same, as a configuration has it:
    /// stretching it would protect nothing. Costs nothing to make; verifying takes as long as of
    /// the others, so that guessing stays as slow and time does not tell who has which.
    /// It has no text form.
    static PasswordHash of_known(std::string_view password);

    /// Nothing where the text has another form or function, fewer or more iterations than the
    /// limits, a salt outside of 8 to 64 bytes, or a hash that is not 32 bytes.
    static std::optional<PasswordHash> parse(std::string_view text);

    /// No password's hash: verify it where an account does not exist, so that the answer takes as
    /// long as for one that does.
    static PasswordHash of_nobody();

    std::uint32_t iterations() const { return iterations_; }

    /// cost  Iterations that are spent in all, where that is more than the hash's own: with the
    /// most of all accounts, time does not tell them apart.
    bool verify(std::string_view password, std::uint32_t cost = 0) const;

    std::string text() const;

    /// Another one for every other password, and for one that was set anew (HMAC-SHA256). Says
    /// nothing about the password to whoever has no `key`.
    Digest mark(std::string_view key) const;

private:
    enum class Kind : std::uint8_t { stretched, known };
    PasswordHash(Kind kind, std::uint32_t iterations, std::string salt, std::string hash);
    Kind kind_;
    std::uint32_t iterations_;
    std::string salt_;
    std::string hash_;
};

}  // namespace sluice::crypto
