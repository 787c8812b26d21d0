#include "server/storage/server_keys.h"

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::server {
namespace {

using storage::DocumentKind;
using storage::Outcome;
using storage::PutMode;
using storage::StoreError;

constexpr auto kind = DocumentKind::server_key;

KeysFault to_fault(StoreError) {
    return KeysFault::away;
}

// The name is sealed with the key: one key's document is none of another's.
std::string purpose(std::string_view name) {
    return "server_key " + std::string(name);
}

// The key of this name: `fresh`, unless one is stored.
io::Task<std::expected<Secret, KeysFault>> load_key(storage::Store& store, const Sealing& sealing,
                                                    Random& random, std::string_view name,
                                                    const Secret& fresh) {
    auto stored = co_await store.get({kind, name});
    if (!stored) co_return std::unexpected(to_fault(stored.error()));
    if (!*stored) {
        const std::string sealed = sealing.seal(fresh.reveal(), purpose(name), random);
        const auto put = co_await store.put({kind, name, sealed}, PutMode::only_new);
        if (!put) co_return std::unexpected(to_fault(put.error()));
        if (*put == Outcome::done) co_return fresh;
        stored = co_await store.get({kind, name});
        if (!stored || !*stored) co_return std::unexpected(KeysFault::away);
    }
    auto opened = sealing.open(**stored, purpose(name));
    if (!opened) co_return std::unexpected(KeysFault::sealed_by_other);
    if (!opened->current) {
        const std::string sealed = sealing.seal(opened->text.reveal(), purpose(name), random);
        const auto put = co_await store.put({kind, name, sealed}, PutMode::replace);
        if (!put) co_return std::unexpected(to_fault(put.error()));
    }
    co_return std::move(opened->text);
}

}  // namespace

io::Task<std::expected<oauth::Keys, KeysFault>> load_server_keys(storage::Store& store,
                                                                 const Sealing& sealing,
                                                                 Random& random) {
    oauth::Keys keys = oauth::Keys::generate(random);
    CO_TRY(Secret form, co_await load_key(store, sealing, random, "form", keys.form));
    CO_TRY(Secret successor,
           co_await load_key(store, sealing, random, "successor", keys.successor));
    keys.form = std::move(form);
    keys.successor = std::move(successor);
    co_return keys;
}

}  // namespace sluice::server
