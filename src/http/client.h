// HTTP client and connection pool of one shard: keep-alive, answers streamed.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "crypto/tls_client_context.h"
#include "http/address_cache.h"
#include "http/address_scope.h"
#include "http/client_error.h"
#include "http/outgoing_request.h"
#include "http/parse_error.h"
#include "http/response_parser.h"
#include "http/upstream_connection.h"
#include "http/uri.h"
#include "io/cancel.h"
#include "io/shard.h"
#include "io/task.h"
#include "io/task_group.h"
#include "io/tls_buffers.h"
#include "io/worker_pool.h"

namespace sluice::http {

class Client;
class ClientResponse;

struct ClientSettings {
    MessageLimits limits;  // of answers' heads
    // For each of a name's addresses, the handshake of TLS included.
    Duration connect_timeout = std::chrono::seconds{5};
    // Below the five seconds after which common servers close an idle connection: a request that
    // meets the closing is lost.
    Duration idle_timeout = std::chrono::seconds{4};
    Duration addresses_kept = std::chrono::seconds{30};  // how long a name is not looked up again
    std::size_t connections_max = 16384;                 // to one origin
    std::size_t idle_max = 256;                          // to one origin
};

struct CallOptions {
    Duration head_timeout =
        std::chrono::seconds{30};  // until the answer's head, connecting included
    Duration chunk_timeout = std::chrono::seconds{30};  // for each piece of the body; 0: no limit
    Duration connect_timeout = Duration::zero();        // 0: the client's own
    // The request may be sent again although its method does not say so: it changes nothing.
    bool repeatable = false;
    io::CancelScope* scope = nullptr;  // ends the call, and the reading of its answer
};

/// One upstream and its idle connections. Lives as long as the client.
class Origin final : IdleOwner {
public:
    Origin(Client& client, const HttpUrl& url, const crypto::TlsTrust* trust, AddressGuard guard);

    const HttpUrl& url() const { return url_; }
    std::size_t connections() const { return open_; }
    std::size_t idle_connections() const { return idle_.size(); }

private:
    friend Client;
    friend ClientResponse;
    void on_idle_ended(UpstreamConnection& connection) override;

    bool is(const HttpUrl& url, const crypto::TlsTrust* trust, AddressGuard guard) const;

    Client& client_;
    HttpUrl url_;
    AddressGuard guard_;                                     // null: any address
    std::optional<crypto::TlsTrust> trust_;                  // of https alone
    std::optional<crypto::TlsClientContext> tls_;            // where there is trust_
    std::vector<std::unique_ptr<UpstreamConnection>> idle_;  // the most recent last
    std::size_t open_ = 0;                                   // idle ones included
    AddressCache addresses_;
};

/// An answer whose body is still to be read. Dropped early, its connection is closed; dropped at
/// the end, it serves the next request.
class ClientResponse {
public:
    ClientResponse(ClientResponse&&) noexcept = default;
    ClientResponse& operator=(ClientResponse&&) = delete;
    ~ClientResponse();

    Status status() const { return connection_->head().status(); }
    const ResponseHead& head() const { return connection_->head(); }

    /// The next piece of the body as it arrives; empty once the body is complete. Valid until the
    /// next call.
    io::Task<ClientResult<std::string_view>> next_chunk();
    /// Appends the rest of the body to `body`. Errors: too_large when that grows above `bytes_max`.
    io::Task<ClientResult<>> read_body(std::string& body, std::size_t bytes_max);

private:
    friend Client;
    ClientResponse(Origin& origin, std::unique_ptr<UpstreamConnection> connection,
                   const CallOptions& options);

    Origin* origin_;
    std::unique_ptr<UpstreamConnection> connection_;
    CallOptions options_;
};

class Client {
public:
    /// `workers` looks names up; it outlives the client.
    Client(io::Shard& shard, io::WorkerPool& workers, const ClientSettings& settings = {});
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client();

    /// The same object for the same scheme, host, port, trust and guard.
    /// trust  Whose certificates are believed where the scheme is https, which has no connection
    /// without it.
    /// guard  Which addresses may be connected to; null: any.
    Origin& origin(const HttpUrl& url, const crypto::TlsTrust* trust = nullptr,
                   AddressGuard guard = nullptr);

    /// Sends `request` to `origin` and waits for the head of the answer. Sent again, once, only
    /// when a connection that had been idle turns out dead before any byte of an answer, and the
    /// request may be repeated. `request` and what `options` names live as long as the wait.
    io::Task<ClientResult<ClientResponse>> send(Origin& origin, const OutgoingRequest& request,
                                                CallOptions options = {});

    /// Closes every connection, and waits for lookups of names. No call may be under way, no answer
    /// be held; nothing is sent after.
    io::Task<void> close();

private:
    friend Origin;
    friend ClientResponse;
    using Connection = std::unique_ptr<UpstreamConnection>;

    Connection take_idle(Origin& origin);
    io::Task<ClientResult<Connection>> connect(Origin& origin, const CallOptions& options,
                                               io::CancelScope* scope);
    using Stream = std::unique_ptr<io::Stream>;
    io::Task<ClientResult<Stream>> open(Origin& origin, io::Address address, Duration timeout,
                                        io::CancelScope* scope);
    void give_back(Origin& origin, Connection connection);
    void close_later(Origin& origin, Connection connection);
    io::Task<void> close_connection(Origin* origin, Connection connection);

    io::Shard& shard_;
    io::WorkerPool& workers_;
    ClientSettings settings_;
    io::TlsBuffers tls_buffers_;
    std::vector<std::unique_ptr<Origin>> origins_;
    io::TaskGroup closing_;
};

}  // namespace sluice::http
