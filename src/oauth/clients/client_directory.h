// Client directory of a shard: the configured clients, and registered ones that it has met.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "oauth/clients/client.h"
#include "storage/text_hash.h"

namespace sluice::oauth {

class ClientDirectory {
public:
    /// Holds the configured clients from the start.
    ClientDirectory(const Settings& settings, std::uint64_t hash_seed);

    /// Null where there is none of that identifier. Does not allocate.
    const ClientHandle* find(std::string_view client_id) const;

    /// Adds a client; one of the same identifier is replaced.
    void add(Client client);
    /// Adds or renews a registered client, which can be found again when it is forgotten: so many
    /// of these are kept, the latest.
    static constexpr std::size_t met_max = 10'000;
    void add_met(Client client);
    /// Adds one that a metadata document describes; the same as before changes nothing.
    void add_document(Client client);
    void remove(std::string_view client_id);

    std::size_t size() const { return by_id_.size(); }
    /// Changes whenever a client ends or is replaced: what was concluded from one may not hold any
    /// more.
    std::uint64_t revision() const { return revision_; }

private:
    storage::TextMap<ClientHandle> by_id_;
    std::deque<std::string> met_;  // oldest first
    std::uint64_t revision_ = 0;
};

}  // namespace sluice::oauth
