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
#include "oauth/observer.h"
#include "oauth/settings.h"
#include "storage/shared_windows.h"
#include "storage/store.h"
#include "token/introspection.h"

namespace sluice::oauth {

struct ShardState;

/// Where every shard's state is. One for the process; filled by the AuthorizationServers.
using Peers = io::Sharded<ShardState>;

/// All are constructed, on one thread, before the shards run; from then on each is used on its own
/// shard only. What Parts name outlives them. Handlers answer every request; requests and responses
/// live until the task ends.
class AuthorizationServer {
public:
    struct Parts {
        io::Shard& shard;
        const Settings& settings;
        const Keys&
            keys;  // with a store that keeps something, those that use_keys() brings are used
        storage::Store& store;
        io::WorkerPool& workers;  // checks passwords
        Observer& observer;
        // What other boxes count too; null: each counts for itself.
        storage::SharedWindows* shared_windows = nullptr;
    };

    /// Adds this shard's state to `peers`.
    AuthorizationServer(Parts parts, Peers& peers);
    AuthorizationServer(const AuthorizationServer&) = delete;
    AuthorizationServer& operator=(const AuthorizationServer&) = delete;
    ~AuthorizationServer();

    using Handler = io::Task<void> (AuthorizationServer::*)(const http::Request&, http::Response&);

    struct Route {
        http::Method method;
        std::string path;       // exact
        std::string_view name;  // "authorize", "token", "introspect", "revoke", "register",
                                // "metadata", for logs and metrics
        Handler handler;
    };
    /// Every path there is to serve, preflights included: under the issuer's path and, where it has
    /// one, at the root as well, since clients try it. 404 for any other path under /.well-known/
    /// is the caller's affair.
    static std::vector<Route> routes(const Settings& settings);

    io::Task<void> authorize(const http::Request& request, http::Response& response);
    io::Task<void> token(const http::Request& request, http::Response& response);
    io::Task<void> introspect(const http::Request& request, http::Response& response);
    io::Task<void> revoke(const http::Request& request, http::Response& response);
    io::Task<void> register_client(const http::Request& request, http::Response& response);
    io::Task<void> metadata(const http::Request& request, http::Response& response);
    /// OPTIONS of the endpoints that browsers call from other origins.
    io::Task<void> preflight(const http::Request& request, http::Response& response);

    enum class Activity : std::uint8_t {
        active,
        inactive,     // unknown, expired, revoked
        unavailable,  // storage does not answer: nobody knows
    };
    /// The same answer as introspect() gives, in process: where `access_token` is an active access
    /// token of this server, `info` is all that is known of it. Does not suspend where the token is
    /// in this shard's memory; allocates only what `info` has no room for yet.
    /// Both live until the task ends.
    io::Task<Activity> find_active(std::string_view access_token, token::TokenInfo& info);

    /// Whether `authorization` has proved this before: then admit_resource_server() need not be
    /// asked. No allocation.
    bool knows_resource_server(std::string_view authorization);
    /// Whether `request` comes from a resource server: a confidential client that may introspect
    /// every token, or the holder of an API key, by `authorization`, what an Authorization field
    /// would say. Otherwise `response` is the answer. Both live until the task ends.
    io::Task<bool> admit_resource_server(const http::Request& request,
                                         std::string_view authorization, http::Response& response);

    /// The keys that the store keeps. Until they have come, what needs them is 503.
    void use_keys(const Keys& keys);
    bool has_keys() const;

    // What the store hears from others; see storage::StoreListener.
    void on_revoked(token::GrantTag tag);
    void on_trust(MonotonicTime until);

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
