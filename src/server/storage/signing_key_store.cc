#include "server/storage/signing_key_store.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "crypto/base64url.h"

namespace sluice::server {
namespace {

using storage::DocumentKind;
using storage::Outcome;
using storage::PutMode;

constexpr auto kind = DocumentKind::server_key;
constexpr std::string_view prefix = "signing_key ";
constexpr std::size_t keys_max = 64;  // far above what rotation ever leaves

using Record = oauth::SigningKeyRecord;
template <class T>
using KeysResult = std::expected<T, KeysFault>;

std::string name_of(std::uint64_t sequence) {
    return fmt::format("{}{:010}", prefix, sequence);
}

std::string purpose(std::string_view name) {
    return "server_key " + std::string(name);
}

Secret to_json(const Record& record) {
    std::string text;
    JsonWriter(text)
        .begin_object()
        .member("alg", to_text(record.key.algorithm()))
        .member("used_from", record.used_from)
        .member("pkcs8", std::string_view(crypto::base64url(record.key.pkcs8().reveal())))
        .end_object();
    return Secret(std::move(text));
}

std::optional<Record> read_record(const Secret& json) {
    const auto document = JsonDocument::parse(json.reveal());
    if (!document) return std::nullopt;
    const JsonValue root = document->root();
    const auto algorithm = crypto::find_jws_algorithm(root.find_string("alg").value_or(""));
    const auto used_from = root.find("used_from");
    auto pkcs8 = crypto::decode_base64url(root.find_string("pkcs8").value_or(""));
    if (!algorithm || !crypto::SigningKey::supported.contains(*algorithm) || !used_from || !pkcs8) {
        return std::nullopt;
    }
    auto key = crypto::SigningKey::parse(*algorithm, Secret(*std::move(pkcs8)));
    if (!key) return std::nullopt;
    return Record{*std::move(key), used_from->integer().value_or(0)};
}

struct Stored {
    std::vector<Record> records;
    std::vector<std::string> names;  // one for each
    std::uint64_t last = 0;          // the highest sequence there is
};

io::Task<KeysResult<Stored>> read_all(storage::Store& store, const Sealing& sealing,
                                      Random& random) {
    const auto documents = co_await store.list(kind, prefix, keys_max);
    if (!documents) co_return failure(KeysFault::away);
    Stored stored;
    for (const storage::StoredDocument& document : *documents) {
        if (!document.key.starts_with(prefix)) break;
        auto opened = sealing.open(document.value, purpose(document.key));
        auto record = opened ? read_record(opened->text) : std::nullopt;
        if (!record) co_return failure(KeysFault::sealed_by_other);
        if (!opened->current) {
            const std::string sealed =
                sealing.seal(opened->text.reveal(), purpose(document.key), random);
            if (!co_await store.put({kind, document.key, sealed}, PutMode::replace)) {
                co_return failure(KeysFault::away);
            }
        }
        const auto digits = std::string_view(document.key).substr(prefix.size());
        stored.last = parse_decimal(digits).value_or(stored.last);
        stored.records.push_back(*std::move(record));
        stored.names.push_back(document.key);
    }
    co_return stored;
}

io::Task<KeysResult<Record>> add_next(storage::Store& store, const Sealing& sealing, Random& random,
                                      std::uint64_t sequence, Record record) {
    const std::string name = name_of(sequence);
    const std::string sealed = sealing.seal(to_json(record).reveal(), purpose(name), random);
    const auto put = co_await store.put({kind, name, sealed}, PutMode::only_new);
    if (!put || *put == Outcome::conflict) co_return failure(KeysFault::away);
    co_return record;
}

io::Task<KeysResult<void>> drop_old(storage::Store& store, const oauth::Settings& settings,
                                    std::int64_t now, Stored& stored) {
    while (oauth::is_key_over(stored.records, 0, settings.access_token_ttl, now)) {
        if (!co_await store.erase({kind, stored.names.front()})) {
            co_return failure(KeysFault::away);
        }
        stored.records.erase(stored.records.begin());
        stored.names.erase(stored.names.begin());
    }
    co_return KeysResult<void>();
}

/// The first key has nobody who knows another, and signs at once.
Record make_record(const oauth::Settings& settings, bool is_first, std::int64_t now) {
    const Seconds ahead = is_first ? Seconds{0} : oauth::published_ahead;
    return {crypto::SigningKey::generate(settings.signing.algorithm), now + ahead.count()};
}

}  // namespace

io::Task<KeysResult<std::vector<Record>>> load_signing_keys(storage::Store& store,
                                                            const Sealing& sealing, Random& random,
                                                            const oauth::Settings& settings,
                                                            std::int64_t now) {
    CO_TRY(Stored stored, co_await read_all(store, sealing, random));
    CO_REQUIRE(co_await drop_old(store, settings, now, stored));
    if (oauth::is_next_key_due(stored.records, settings.signing, now)) {
        Record next = make_record(settings, stored.records.empty(), now);
        CO_TRY(Record added, co_await add_next(store, sealing, random, stored.last + 1, next));
        stored.records.push_back(std::move(added));
    }
    co_return std::move(stored.records);
}

io::Task<KeysResult<Record>> rotate_signing_keys(storage::Store& store, const Sealing& sealing,
                                                 Random& random, const oauth::Settings& settings,
                                                 std::int64_t now) {
    CO_TRY(const Stored stored, co_await read_all(store, sealing, random));
    Record next = make_record(settings, stored.records.empty(), now);
    co_return co_await add_next(store, sealing, random, stored.last + 1, std::move(next));
}

}  // namespace sluice::server
