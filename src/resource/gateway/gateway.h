// Reverse proxy (gateway) of one shard: every protected resource's path, and the documents that
// describe them.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/concurrency_limit.h"
#include "base/object_pool.h"
#include "io/sharded.h"
#include "io/task.h"
#include "resource/decision/guard.h"
#include "resource/gateway/origin.h"
#include "resource/gateway/session_seal.h"
#include "resource/gateway/task_tags.h"
#include "resource/observer.h"
#include "resource/settings.h"
#include "resource/tokens/invalid_token_limiter.h"
#include "resource/tokens/verifier.h"

namespace sluice::http {
class Client;
class Exchange;
class Request;
class Response;
struct ParseError;
}  // namespace sluice::http

namespace sluice::resource {

class Upstream;           // the MCP server behind a resource
class ProtectedResource;  // one resource with all that decides on it
class RemoteVerifier;     // asks another authorization server

/// Lives and works on one shard; what it is made of outlives it.
class Gateway {
public:
    struct Parts {
        io::Shard& shard;
        http::Client& client;
        const io::Sharded<Guard>& guards;  // one on every shard, over the same settings
        Observer& observer;
        LocalVerifier::Lookup local_lookup;  // may be empty where no own tokens are taken
        LocalVerifier::Describe local_describe{};
    };

    /// `settings` outlive the gateway and were checked before: a pattern that RE2 refuses or an
    /// upstream that is no URL fails a CHECK.
    Gateway(Parts parts, const Settings& settings);
    Gateway(const Gateway&) = delete;
    Gateway& operator=(const Gateway&) = delete;
    ~Gateway();

    /// The server's own secret, by which sessions and tasks are bound to their callers: at the
    /// start, and again where the store brings another. Without it what has a session is refused
    /// (503).
    void use_secret(const Secret& secret) {
        sessions_.emplace(secret);
        tasks_.emplace(secret);
    }

    /// Whether this path is a resource or one of its metadata documents: then handle() answers for
    /// every method. `path` is Request::path(); a slash at its end does not matter.
    bool serves(std::string_view path) const;

    /// Every protected resource, in the order of the settings.
    std::span<const std::unique_ptr<ProtectedResource>> resources() const { return resources_; }

    /// Answers one request; 404 where serves() is false.
    io::Task<void> handle(http::Exchange& exchange);

    /// Words the answer to a request that cannot be taken, as http::Service::refuse() has it, where
    /// serves() is true.
    void refuse(const http::Request& request, const http::ParseError& error,
                http::Response& response) const;

    /// Waits for questions to other authorization servers that nobody waits for any more. After the
    /// last handle() and before the client is closed.
    io::Task<void> close();

private:
    struct Document {
        std::string path;
        std::string json;
    };

    std::unique_ptr<Verifier> make_verifier(const ResourceSettings& resource);
    std::unique_ptr<Upstream> make_upstream(const ResourceSettings& resource);
    void add_document(const std::string& path, const std::string& json);
    const ProtectedResource* find_resource(std::string_view path) const;
    const Document* find_document(std::string_view path) const;

    Parts parts_;
    OriginRule origins_;
    std::vector<std::unique_ptr<ProtectedResource>> resources_;
    std::vector<RemoteVerifier*> remote_verifiers_;  // owned by resources_
    std::vector<Document> documents_;
    ConcurrencyLimit streams_;  // that callers have open on this shard
    InvalidTokenLimiter invalid_tokens_;
    ObjectPool<token::TokenInfo> callers_;
    std::optional<SessionSeal> sessions_;
    std::optional<TaskTags> tasks_;
    ObjectPool<std::string> session_ids_;
};

}  // namespace sluice::resource
