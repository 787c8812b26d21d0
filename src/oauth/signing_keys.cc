#include "oauth/signing_keys.h"

#include "base/check.h"

namespace sluice::oauth {

bool is_next_key_due(const std::vector<SigningKeyRecord>& records, const SigningSettings& settings,
                     std::int64_t now) {
    if (records.empty()) return true;
    const SigningKeyRecord& last = records.back();
    if (last.used_from > now) return false;  // one is under way already
    if (last.key.algorithm() != settings.algorithm) return true;
    const std::int64_t period = std::chrono::floor<Seconds>(settings.rotate_every).count();
    return now + published_ahead.count() >= last.used_from + period;
}

bool is_key_over(const std::vector<SigningKeyRecord>& records, std::size_t index,
                 Duration access_token_ttl, std::int64_t now) {
    if (index + 1 >= records.size()) return false;
    const Seconds longest =
        std::chrono::ceil<Seconds>(access_token_ttl) + std::chrono::minutes{10};  // clocks differ
    return now > records[index + 1].used_from + longest.count();
}

SigningKeys::SigningKeys(const std::vector<SigningKeyRecord>& records) {
    CHECK(!records.empty(), "nothing to sign with");
    for (const SigningKeyRecord& record : records) {
        entries_.push_back({crypto::JwsSigner(record.key, "at+jwt"), record.used_from});
        published_.insert(record.key.public_key());
        algorithms_.insert(record.key.algorithm());
    }
    jwks_json_ = published_.text();
}

SigningKeys SigningKeys::generate(crypto::JwsAlgorithm algorithm, std::int64_t now) {
    return SigningKeys({{crypto::SigningKey::generate(algorithm), now}});
}

const crypto::JwsSigner& SigningKeys::signer(std::int64_t now) const {
    const Entry* chosen = &entries_.front();
    for (const Entry& entry : entries_) {
        if (entry.used_from <= now) chosen = &entry;
    }
    return chosen->signer;
}

}  // namespace sluice::oauth
