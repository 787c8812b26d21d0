// The authorization server of one shard: OAuth 2.1's endpoints over this shard's grants.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "io/sharded.h"
#include "io/task.h"
#include "io/worker_pool.h"
#include "oauth/observer.h"
#include "oauth/settings.h"
#include "token/introspection.h"

namespace sluice::oauth {

struct ShardState;

/// Where every shard's state is. One for the process; filled by the AuthorizationServers.
using Peers = io::Sharded<ShardState>;

/// An access token that is active. Allocates nothing where the token lives on the asking shard.
class ActiveToken {
public:
    struct Times {
        std::int64_t issued_at = 0;   // seconds since 1970
        std::int64_t expires_at = 0;  // seconds since 1970
    };
    ActiveToken(const token::TokenInfo& shared, Times times) : shared_(&shared), times_(times) {}
    ActiveToken(std::unique_ptr<const token::TokenInfo> copy, Times times)
        : shared_(copy.get()), copy_(std::move(copy)), times_(times) {}

    /// What all tokens of its grant share: all of TokenInfo but the times. Valid while *this lives
    /// and the shard has not suspended since the answer: copy what is needed longer.
    const token::TokenInfo& shared() const { return *shared_; }
    Times times() const { return times_; }
    /// All of it, owned.
    token::TokenInfo info() const {
        token::TokenInfo info = *shared_;
        info.issued_at = times_.issued_at;
        info.expires_at = times_.expires_at;
        return info;
    }

private:
    const token::TokenInfo* shared_;
    std::unique_ptr<const token::TokenInfo> copy_;  // where the token lives on another shard
    Times times_;
};

/// All are constructed, on one thread, before the shards run; from then on each is used on its own
/// shard only. What Parts name outlives them. Handlers answer every request; requests and responses
/// live until the task ends.
class AuthorizationServer {
public:
    struct Parts {
        io::Shard& shard;
        const Settings& settings;
        const Keys& keys;
        io::WorkerPool& workers;  // checks passwords
        Observer& observer;
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

    /// The same answer as introspect() gives, in process: nothing where `access_token` is not an
    /// active access token of this server. Does not suspend where the token lives on this shard.
    /// access_token  Lives until the task ends.
    io::Task<std::optional<ActiveToken>> find_active(std::string_view access_token);

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
