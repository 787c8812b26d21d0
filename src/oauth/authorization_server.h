// Authorization server (OAuth 2.1) of one shard: its endpoints over this shard's grants.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "io/sharded.h"
#include "io/task.h"
#include "io/worker_pool.h"
#include "oauth/endpoint_table.h"
#include "oauth/introspection/introspection_endpoint.h"
#include "oauth/keys.h"
#include "oauth/observer.h"
#include "oauth/settings.h"
#include "storage/shared_windows.h"
#include "storage/store.h"
#include "token/introspection.h"
#include "token/resource_rights.h"

namespace sluice::http {
class Client;
}

namespace sluice::oauth {

struct ShardState;

/// Where every shard's state is. One for the process; filled by the AuthorizationServers.
using Peers = io::Sharded<ShardState>;

/// All are constructed, on one thread, before the shards run; from then on each is used on its own
/// shard only. What Parts name outlives them. Requests and responses live until the task ends.
class AuthorizationServer {
public:
    struct Parts {
        io::Shard& shard;
        const Settings& settings;
        const Keys&
            keys;  // with a store that keeps something, those that use_keys() brings are used
        storage::Store& store;
        io::WorkerPool& workers;  // checks passwords, looks up the names of hosts
        Observer& observer;
        // What other boxes count too; null: each counts for itself.
        storage::SharedWindows* shared_windows = nullptr;
        // For what clients name by URL, with http::is_public_address as its guard; null: nothing is
        // ever fetched.
        http::Client* http_client = nullptr;
    };

    /// Adds this shard's state to `peers`.
    AuthorizationServer(Parts parts, Peers& peers);
    AuthorizationServer(const AuthorizationServer&) = delete;
    AuthorizationServer& operator=(const AuthorizationServer&) = delete;
    ~AuthorizationServer();

    /// Answers a request at one of routes(settings).
    io::Task<void> serve(const Endpoint& endpoint, const http::Request& request,
                         http::Response& response);

    /// See find_active_token().
    io::Task<Activity> find_active(std::string_view access_token, token::TokenInfo& info);

    // See the functions of these names.
    io::Task<void> describe_person(token::TokenInfo& info);
    const token::ResourceRights* find_resource_server(std::string_view authorization);
    io::Task<token::ResourceRights> admit_resource_server(const http::Request& request,
                                                          std::string_view authorization,
                                                          http::Response& response);

    /// The keys that the store keeps. Until they have come, those that sign included, what needs
    /// keys is 503.
    void use_keys(const Keys& keys);
    bool has_keys() const;
    /// The keys that sign from now on: whenever one comes or goes.
    void use_signing_keys(std::shared_ptr<const SigningKeys> keys);

    // What the store hears from others; see storage::StoreListener.
    void on_revoked(token::GrantTag tag);
    void on_trust(MonotonicTime until);
    void on_gap();
    /// Once at the start, when keys and store are there, on one shard: see end_dropped_accounts().
    /// False where those are not there yet, or storage gave no answer: again.
    io::Task<bool> end_dropped_accounts();

    /// Waits for what is being fetched. On the shard's own thread, once no request is served any
    /// more and before the HTTP client is closed.
    io::Task<void> close();

    /// Starts to forget what has expired, a bounded step at a time. On the shard's own thread.
    void start();

    struct Counts {
        std::uint64_t tokens_live = 0;  // access and refresh tokens held, on this shard
        std::uint64_t clients = 0;
    };
    Counts counts() const;

private:
    class Sweeper;
    std::unique_ptr<ShardState> state_;
    std::unique_ptr<Sweeper> sweeper_;
};

}  // namespace sluice::oauth
