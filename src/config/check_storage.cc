// The rules of [storage].
#include <array>
#include <chrono>

#include "base/ascii.h"
#include "config/check.h"
#include "config/checks.h"
#include "config/sealing_keys.h"

namespace sluice::config {
namespace {

using namespace std::chrono_literals;
using Engine = StorageConfig::Engine;

constexpr std::array<std::pair<std::string_view, Engine>, 3> engines{
    {{"memory", Engine::memory}, {"sqlite", Engine::sqlite}, {"postgres", Engine::postgres}}};

// A key that has no effect is a mistake: somebody believes that it has.
class EngineKeys {
public:
    EngineKeys(Engine engine, Problems& problems) : engine_(engine), problems_(problems) {}
    void check(const Place& place, bool given, std::initializer_list<Engine> owners) {
        std::string names;
        for (const Engine owner : owners) {
            if (owner == engine_) return;
            names += fmt::format("{}\"{}\"", names.empty() ? "" : " or ",
                                 engines[static_cast<std::size_t>(owner)].first);
        }
        if (!given) return;
        problems_.add(place,
                      fmt::format("belongs to engine {}; remove it, or change the engine", names));
    }
    void check(const auto& setting, std::initializer_list<Engine> owners) {
        check(setting.place, setting.given, owners);
    }
    void check(const RawSecret& secret, std::initializer_list<Engine> owners) {
        check(secret.place(), secret.given(), owners);
    }

private:
    Engine engine_;
    Problems& problems_;
};

void check_engine_keys(const RawStorage& raw, Engine engine, Problems& problems) {
    EngineKeys keys(engine, problems);
    keys.check(raw.path, {Engine::sqlite});
    keys.check(raw.url, {Engine::postgres});
    keys.check(raw.tokens, {Engine::postgres});
    keys.check(raw.connections, {Engine::postgres});
    keys.check(raw.connect_timeout, {Engine::postgres});
    keys.check(raw.statement_timeout, {Engine::postgres});
    keys.check(raw.max_waiting, {Engine::postgres});
    keys.check(raw.max_staleness, {Engine::postgres});
    keys.check(raw.tokens_in_memory, {Engine::sqlite, Engine::postgres});
    keys.check(raw.key, {Engine::sqlite, Engine::postgres});
}

void check_keys(const RawStorage& raw, const Environment& environment, StorageConfig& storage,
                Problems& problems) {
    if (!raw.key.given()) {
        if (storage.engine == Engine::sqlite) {
            storage.key_file = storage.path + ".key";
            storage.makes_key_file = true;
            return;
        }
        problems.add(raw.key.place(),
                     "is missing: what seals the server's own keys in the database, the same on "
                     "every box; `openssl rand -base64 32` makes one for key_file or key_env");
        return;
    }
    const Secret text = resolve_secret(raw.key, environment, problems);
    if (text.empty()) return;
    auto keys = parse_sealing_keys(text.reveal());
    if (!keys) return problems.add(raw.key.place(), keys.error());
    storage.keys = *std::move(keys);
    if (raw.key.file.given) storage.key_file = environment.locate(*raw.key.file);
}

void check_url(const RawStorage& raw, const Environment& environment, StorageConfig& storage,
               Problems& problems) {
    if (!raw.url.given()) {
        return problems.add(raw.url.place(),
                            "is missing: where the database is, such as "
                            "postgresql://sluice@db.example/sluice; with a password in it, prefer "
                            "url_env or url_file");
    }
    storage.url = resolve_secret(raw.url, environment, problems);
    const std::string_view url = storage.url.reveal();
    if (url.empty() || url.starts_with("postgresql://") || url.starts_with("postgres://")) return;
    problems.add(raw.url.place(), "has to begin with postgresql://");
}

void check_postgres(const RawStorage& raw, const Environment& environment, StorageConfig& storage,
                    Problems& problems) {
    check_url(raw, environment, storage, problems);
    constexpr std::array<std::pair<std::string_view, bool>, 2> forms{
        {{"hashed", false}, {"plain", true}}};
    storage.plain_tokens = choose(raw.tokens, forms, problems).value_or(false);
    storage.connections = check_count(raw.connections, 1, 64, problems);
    storage.connect_timeout = check_range<Duration>(raw.connect_timeout, 10ms, 1min, problems);
    storage.statement_timeout = check_range<Duration>(raw.statement_timeout, 10ms, 1min, problems);
    storage.max_waiting = check_count(raw.max_waiting, 1, 1'000'000, problems);
    storage.max_staleness = check_range<Duration>(raw.max_staleness, 1s, 1h, problems);
}

}  // namespace

StorageConfig check_storage(const RawStorage& raw, const Environment& environment,
                            Problems& problems) {
    StorageConfig storage;
    if (raw.redis) storage.redis = check_redis(*raw.redis, environment, problems);
    const auto engine = choose(raw.engine, engines, problems);
    if (!engine) return storage;
    storage.engine = *engine;
    check_engine_keys(raw, *engine, problems);
    if (!storage.durable()) return storage;
    storage.tokens_in_memory = check_count(raw.tokens_in_memory, 1'000, 1'000'000'000, problems);
    if (*engine == Engine::sqlite) {
        check_given(raw.path, "the file of the database", problems);
        storage.path = environment.locate(check_line(raw.path, problems));
    } else {
        check_postgres(raw, environment, storage, problems);
    }
    check_keys(raw, environment, storage, problems);
    return storage;
}

}  // namespace sluice::config
