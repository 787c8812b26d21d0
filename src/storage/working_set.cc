// Reading through to the store, writing through it, and what may happen meanwhile.
#include "storage/working_set.h"

#include <algorithm>

#include "base/check.h"
#include "base/result.h"
#include "io/event.h"

namespace sluice::storage {

class WorkingSet::RequestContext {
public:
    RequestContext(WorkingSet& set, token::GrantTag of) : tag(of), set_(set), next_(set.visits_) {
        if (next_ != nullptr) next_->previous_ = this;
        set_.visits_ = this;
    }
    RequestContext(const RequestContext&) = delete;
    RequestContext& operator=(const RequestContext&) = delete;
    ~RequestContext() {
        CHECK((previous_ == nullptr) == (set_.visits_ == this));
        (previous_ != nullptr ? previous_->next_ : set_.visits_) = next_;
        if (next_ != nullptr) next_->previous_ = previous_;
    }

    static void note_revocation(RequestContext* first, token::GrantTag of) {
        for (RequestContext* visit = first; visit != nullptr; visit = visit->next_) {
            visit->revoked |= visit->tag == of;
        }
    }

    RequestContext* next() const { return next_; }

    token::GrantTag tag;
    bool revoked = false;  // since the visit began

private:
    WorkingSet& set_;
    RequestContext* previous_ = nullptr;
    RequestContext* next_;
};

namespace {

std::optional<GrantStore::Cache> cache_of(const Store& store,
                                          const WorkingSet::Settings& settings) {
    if (store.keeps_nothing()) return std::nullopt;
    return GrantStore::Cache{settings.tokens_max};
}

GrantClaims claims_in(const StoredToken& token) {
    return {token.client_id, token.username, token.scope, token.resource};
}

}  // namespace

WorkingSet::WorkingSet(io::Shard& shard, Store& store, const Settings& settings,
                       std::uint64_t hash_seed)
    : shard_(shard),
      store_(store),
      settings_(settings),
      memory_(hash_seed, cache_of(store, settings)),
      trusted_until_(store.is_shared() ? MonotonicTime{} : MonotonicTime::max()) {}

WorkingSet::~WorkingSet() {
    CHECK(visits_ == nullptr && flights_.empty(), "dropped while somebody waits for the store");
}

void WorkingSet::check_owner(token::GrantTag tag) const {
    CHECK(shard_.count() == 0 || tag.shard(shard_.count()) == shard_.index(),
          "another shard's tag");
}

// Reading.

struct WorkingSet::Flight {
    Flight(io::Shard& shard, const TokenKey& key)
        : tag(key.tag),
          digest(key.digest),
          is_ours(token::parse_token(key.text).has_value()),
          landed(shard) {}
    token::GrantTag tag;
    crypto::Digest digest;
    bool is_ours;  // else what is found may depend on the text
    io::Event landed;
    StoreResult<Family> family = std::unexpected(StoreError::unavailable);
    bool revoked = false;  // before it landed

    bool has(const crypto::Digest& token) const {
        const auto in = [&token](const std::vector<StoredToken>& tokens) {
            return std::ranges::find(tokens, token, &StoredToken::digest) != tokens.end();
        };
        return family && (in(family->access) || in(family->refresh));
    }
};

std::shared_ptr<WorkingSet::Flight> WorkingSet::flight_for(const TokenKey& key) const {
    for (const auto& flight : flights_) {
        if (flight->tag != key.tag) continue;
        if (flight->digest == key.digest) return flight;
        if (flight->is_ours && token::parse_token(key.text)) return flight;
    }
    return nullptr;
}

io::Task<StoreResult<AccessRecord*>> WorkingSet::read_access(TokenKey key) {
    if (AccessRecord* const known = find_access(key.digest)) co_return known;
    if (store_.keeps_nothing()) co_return nullptr;
    CO_REQUIRE(co_await miss(key, [](WorkingSet& set, const crypto::Digest& digest) {
        return set.find_access(digest) != nullptr;
    }));
    co_return memory_.find_access(key.digest, shard_.now());
}

io::Task<StoreResult<RefreshRecord*>> WorkingSet::read_refresh(TokenKey key) {
    const auto known = [](WorkingSet& set, const crypto::Digest& digest) {
        return set.is_trusted() && set.memory_.find_refresh(digest, set.shard_.now()) != nullptr;
    };
    if (!store_.keeps_nothing() && !known(*this, key.digest)) CO_REQUIRE(co_await miss(key, known));
    co_return memory_.find_refresh(key.digest, shard_.now());
}

io::Task<StoreResult<>> WorkingSet::reload(TokenKey key) {
    return miss(key, [](WorkingSet&, const crypto::Digest&) { return false; });
}

io::Task<StoreResult<>> WorkingSet::miss(TokenKey key, Knows knows) {
    // The first may have read before what is looked for was written; the next one has not.
    if (auto flight = flight_for(key)) {
        co_await flight->landed.wait();
        if (knows(*this, key.digest)) co_return StoreResult<>();
    }
    if (auto flight = flight_for(key)) co_return co_await join(std::move(flight), key);
    co_return co_await load(key);
}

io::Task<StoreResult<>> WorkingSet::join(std::shared_ptr<Flight> flight, const TokenKey& key) {
    const RequestContext visit(*this, key.tag);
    co_await flight->landed.wait();
    if (!flight->family) co_return failure(flight->family.error());
    // Memory may have had to make room since.
    if (!flight->revoked && flight->has(key.digest)) install(visit, *flight->family);
    co_return StoreResult<>();
}

io::Task<StoreResult<>> WorkingSet::load(const TokenKey& key) {
    if (flights_.size() == settings_.loads_max) co_return failure(StoreError::overloaded);
    const auto flight = std::make_shared<Flight>(shard_, key);
    flights_.push_back(flight);
    CHECK(flights_.size() <= settings_.loads_max);
    const RequestContext visit(*this, key.tag);
    flight->family = co_await store_.load(key);
    CHECK(std::erase(flights_, flight) == 1, "a flight lands once");
    if (flight->family) install(visit, *flight->family);
    flight->revoked = visit.revoked;
    flight->landed.set();
    if (!flight->family) co_return failure(flight->family.error());
    co_return StoreResult<>();
}

bool WorkingSet::is_over(const StoredToken& token) const {
    return deadline_of(token) <= shard_.now();
}

MonotonicTime WorkingSet::deadline_of(const StoredToken& token) const {
    // A wall clock that was set back gives no token more time than it ever had.
    const Duration remaining =
        std::min<Duration>(WallTime(Seconds(token.expires_at)) - shard_.wall_now(),
                           Seconds(token.expires_at - token.issued_at));
    if (token.rotated_at == 0) return shard_.now() + remaining;
    const Duration since = std::max<Duration>(
        shard_.wall_now() - WallTime(Seconds(token.rotated_at)), Duration::zero());
    return shard_.now() + std::min(remaining, settings_.refresh_replay_window - since);
}

Claims& WorkingSet::claims_of(const GrantClaims& claims) {
    return memory_.claims().acquire(claims.client_id, claims.username, claims.scope,
                                    claims.resource, settings_.issuer);
}

void WorkingSet::install(const RequestContext& visit, Family family) {
    if (visit.revoked) return;
    std::erase_if(family.access, [this](const StoredToken& token) { return is_over(token); });
    std::erase_if(family.refresh, [this](const StoredToken& token) { return is_over(token); });
    if (family.access.empty() && family.refresh.empty()) {
        // Anybody can make a tag up: where nothing is known of it, no copies are to end for it.
        if (const auto gone = memory_.find(visit.tag)) memory_.revoke(*gone);
        return;
    }
    memory_.make_room();
    memory_.believe(visit.tag);
    std::erase_if(family.access, [&](const StoredToken& token) {
        return memory_.is_worn(visit.tag, token.issued_at);
    });
    forget_expired(family);
    auto grant = memory_.find(visit.tag);
    if (!grant) {
        const StoredToken& any =
            family.refresh.empty() ? family.access.front() : family.refresh.front();
        grant = memory_.create(visit.tag, claims_of(claims_in(any)));
    }
    // In the order in which they were issued, since too many wear out the oldest.
    std::ranges::sort(family.access, {}, &StoredToken::issued_at);
    for (const StoredToken& token : family.access) {
        if (memory_.find_access(token.digest, shard_.now()) != nullptr) continue;
        const Duration lifetime = Seconds(token.expires_at - token.issued_at);
        memory_.add_access(token.digest, *grant, claims_of(claims_in(token)),
                           {.issued_at = token.issued_at,
                            .lifetime = lifetime,
                            .issued = deadline_of(token) - lifetime});
    }
    for (const StoredToken& token : family.refresh) install_refresh(*grant, token);
}

// A wall clock that was set back gives time to tokens that are over in memory: those make way for
// what is stored. They may have been all that their grant had, which goes with them.
void WorkingSet::forget_expired(const Family& family) {
    for (const StoredToken& token : family.access) {
        if (memory_.find_access(token.digest, shard_.now()) != nullptr) continue;
        memory_.forget_access(token.digest);
    }
    for (const StoredToken& token : family.refresh) {
        if (memory_.find_refresh(token.digest, shard_.now()) != nullptr) continue;
        memory_.forget_refresh(token.digest);
    }
}

void WorkingSet::install_refresh(GrantHandle grant, const StoredToken& token) {
    RefreshRecord* record = memory_.find_refresh(token.digest, shard_.now());
    if (record == nullptr) {
        memory_.add_refresh(token.digest, grant, deadline_of(token));
        record = memory_.find_refresh(token.digest, shard_.now());
    }
    CHECK(record != nullptr, "a token that was added is there");
    if (token.rotated_at == 0 || record->rotated()) return;
    record->rotated_at = shard_.now();
    record->deadline = deadline_of(token);
}

// Writing.

// Of a cache, somebody may have loaded the same tokens since the store had them.
void WorkingSet::install_tokens(GrantHandle grant, const NewTokens& tokens) {
    const AccessToken& access = tokens.access;
    CHECK(access.expires_at > access.issued_at, "a token that was never valid");
    if (!store_.keeps_nothing()) {
        memory_.forget_access(access.digest);
        if (tokens.refresh) memory_.forget_refresh(tokens.refresh->digest);
        if (memory_.find(grant) == nullptr) return;  // they were all it had
    }
    Claims& claims =
        claims_of({tokens.claims.client_id, tokens.claims.username, access.scope, access.resource});
    memory_.add_access(access.digest, grant, claims,
                       {.issued_at = access.issued_at,
                        .lifetime = Seconds(access.expires_at - access.issued_at),
                        .issued = shard_.now()});
    if (!tokens.refresh) return;
    const RefreshToken& refresh = *tokens.refresh;
    CHECK(refresh.expires_at > refresh.issued_at, "a token that was never valid");
    memory_.add_refresh(refresh.digest, grant,
                        shard_.now() + Seconds(refresh.expires_at - refresh.issued_at));
}

void WorkingSet::install_grant(const RequestContext& visit, const NewTokens& tokens,
                               GrantStore::ByTag by_tag) {
    if (visit.revoked || memory_.find(tokens.tag)) return;
    memory_.make_room();
    install_tokens(memory_.create(tokens.tag, claims_of(tokens.claims), by_tag), tokens);
}

io::Task<StoreResult<Outcome>> WorkingSet::add_grant(const NewTokens& tokens) {
    check_owner(tokens.tag);
    const auto by_tag = tokens.refresh ? GrantStore::ByTag::yes : GrantStore::ByTag::no;
    if (memory_.find(tokens.tag)) co_return Outcome::conflict;
    const RequestContext visit(*this, tokens.tag);
    CO_TRY(const Outcome outcome, co_await store_.add_grant(tokens));
    if (outcome == Outcome::done) install_grant(visit, tokens, by_tag);
    co_return outcome;
}

io::Task<StoreResult<Outcome>> WorkingSet::redeem(const DocumentKey& code, const Document& redeemed,
                                                  const NewTokens& tokens) {
    if (memory_.find(tokens.tag)) co_return Outcome::conflict;
    const RequestContext visit(*this, tokens.tag);
    CHECK(code.key == redeemed.key, "a code is remembered under its own key");
    check_owner(tokens.tag);
    CO_TRY(const Outcome outcome, co_await store_.redeem(code, redeemed, tokens));
    if (outcome == Outcome::done) install_grant(visit, tokens, GrantStore::ByTag::yes);
    co_return outcome;
}

io::Task<StoreResult<Outcome>> WorkingSet::rotate(const Replaced& replaced,
                                                  const NewTokens& tokens) {
    const RequestContext visit(*this, tokens.tag);
    check_owner(tokens.tag);
    CHECK(tokens.refresh && tokens.refresh->digest != replaced.digest,
          "a successor is another one");
    CO_TRY(const Outcome outcome, co_await store_.rotate(replaced, tokens));
    if (outcome == Outcome::conflict || visit.revoked) co_return outcome;
    memory_.make_room();
    const auto grant = memory_.find(tokens.tag);
    if (!grant) co_return outcome;  // forgotten meanwhile: the store has it
    const MonotonicTime now = shard_.now();
    if (RefreshRecord* const record = memory_.find_refresh(replaced.digest, now)) {
        record->rotated_at = now;
        record->deadline = std::min(record->deadline, now + settings_.refresh_replay_window);
    }
    install_tokens(*grant, tokens);
    co_return outcome;
}

io::Task<StoreResult<Outcome>> WorkingSet::add_access(const NewTokens& tokens) {
    const RequestContext visit(*this, tokens.tag);
    check_owner(tokens.tag);
    CHECK(!tokens.refresh, "a refresh token has one successor");
    CO_TRY(const Outcome outcome, co_await store_.add_access(tokens));
    if (outcome == Outcome::conflict || visit.revoked) co_return outcome;
    memory_.make_room();
    if (const auto grant = memory_.find(tokens.tag)) install_tokens(*grant, tokens);
    co_return outcome;
}

io::Task<StoreResult<>> WorkingSet::revoke(token::GrantTag tag, std::optional<GrantHandle> known) {
    if (known) memory_.revoke(*known);
    on_revoked(tag);
    const StoreResult<> revoked = co_await store_.revoke(tag);
    on_revoked(tag);  // who asked meanwhile has read what was there before
    co_return revoked;
}

void WorkingSet::on_gap() {
    // What is being read or written now may be older than what was missed.
    for (RequestContext* visit = visits_; visit != nullptr; visit = visit->next()) {
        visit->revoked = true;
    }
    memory_.doubt_all();
}

void WorkingSet::on_revoked(token::GrantTag tag) {
    RequestContext::note_revocation(visits_, tag);
    memory_.revoke(tag);
}

}  // namespace sluice::storage
