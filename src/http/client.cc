// Pooling connections and sending requests.
#include "http/client.h"

#include <algorithm>

#include "base/check.h"
#include "base/result.h"
#include "http/resolver.h"
#include "http/tls_fault.h"

namespace sluice::http {
namespace {

using enum ClientError::Kind;

// Goes on later in this turn: what is running now may be part of what is to be destroyed.
struct Later {
    io::Shard& shard;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> awaiting) { shard.make_ready(awaiting); }
    void await_resume() const {}
};

}  // namespace

Client::Client(io::Shard& shard, io::WorkerPool& workers, const ClientSettings& settings)
    : shard_(shard), workers_(workers), settings_(settings) {}

Client::~Client() {
    for (const auto& origin : origins_) CHECK(origin->open_ == 0, "a client was dropped open");
}

Origin& Client::origin(const HttpUrl& url, const crypto::TlsTrust* trust, AddressGuard guard) {
    for (const auto& known : origins_) {
        if (known->is(url, trust, guard)) return *known;
    }
    return *origins_.emplace_back(std::make_unique<Origin>(*this, url, trust, guard));
}

io::Task<ClientResult<ClientResponse>> Client::send(Origin& origin, const OutgoingRequest& request,
                                                    CallOptions options) {
    io::CancelScope scope(options.scope);
    io::Deadline deadline(scope);
    shard_.timers().start(deadline, shard_.now() + options.head_timeout);
    const bool repeatable = options.repeatable || is_idempotent(request.method());
    bool fresh = false;
    for (;;) {
        Connection connection = fresh ? nullptr : take_idle(origin);
        fresh = connection == nullptr;
        if (fresh) {
            CO_TRY(connection, co_await connect(origin, options, &scope));
        }
        const ClientResult<> answered =
            co_await connection->exchange(request, origin.url().authority(), &scope);
        if (answered) co_return ClientResponse(origin, std::move(connection), options);
        const bool lost = answered.error().kind == reset && !connection->received_anything();
        close_later(origin, std::move(connection));
        if (fresh || !lost || !repeatable) co_return failure(answered.error());
        fresh = true;
    }
}

Client::Connection Client::take_idle(Origin& origin) {
    while (!origin.idle_.empty()) {
        Connection connection = std::move(origin.idle_.back());
        origin.idle_.pop_back();
        connection->end_idle();
        if (connection->reusable()) return connection;
        close_later(origin, std::move(connection));
    }
    return nullptr;
}

io::Task<ClientResult<Client::Connection>> Client::connect(Origin& origin,
                                                           const CallOptions& options,
                                                           io::CancelScope* scope) {
    if (origin.url().secure() && !origin.tls_) {
        co_return failure(
            ClientError{refused, "No certificate authority is trusted for the server."});
    }
    if (origin.open_ >= settings_.connections_max) {
        co_return failure(ClientError{overloaded, "All connections to the server are in use."});
    }
    ++origin.open_;
    CHECK(origin.open_ <= settings_.connections_max);
    const Duration timeout = options.connect_timeout > Duration::zero() ? options.connect_timeout
                                                                        : settings_.connect_timeout;
    ClientError error{unresolved, "The server's name does not resolve."};
    const std::vector<io::Address> addresses = co_await origin.addresses_.find(scope);
    if (scope->cancelled()) error = client_error(scope->reason(), unresolved);
    for (const io::Address& address : addresses) {
        if (origin.guard_ != nullptr && !origin.guard_(address)) {
            error = {refused, "The server's address is not one of the public Internet."};
            continue;
        }
        ClientResult<Stream> stream = co_await open(origin, address, timeout, scope);
        if (stream) {
            co_return std::make_unique<UpstreamConnection>(*std::move(stream), settings_.limits);
        }
        error = stream.error();
        if (scope->cancelled()) break;
    }
    CHECK(origin.open_ > 0);
    --origin.open_;
    origin.addresses_.expire();
    co_return failure(error);
}

io::Task<ClientResult<Client::Stream>> Client::open(Origin& origin, io::Address address,
                                                    Duration timeout, io::CancelScope* scope) {
    io::CancelScope attempt(scope);
    io::Deadline deadline(attempt);
    shard_.timers().start(deadline, shard_.now() + timeout);
    io::Result<Stream> connected = co_await io::connect(shard_, address, &attempt);
    if (!connected) co_return failure(client_error(connected.error(), refused));
    Stream stream = *std::move(connected);
    if (!origin.tls_) co_return stream;
    stream->start_tls(origin.tls_->connect(origin.url().host()), tls_buffers_);
    const io::Result<void> established = co_await stream->handshake(&attempt);
    if (established) co_return stream;
    const ClientError error = tls_error(*stream->tls(), established.error());
    co_await stream->close();
    co_return failure(error);
}

void Client::give_back(Origin& origin, Connection connection) {
    if (!connection->reusable() || origin.idle_.size() >= settings_.idle_max) {
        return close_later(origin, std::move(connection));
    }
    origin.idle_.push_back(std::move(connection));
    CHECK(origin.idle_.size() <= settings_.idle_max && origin.idle_.size() <= origin.open_);
    origin.idle_.back()->begin_idle(origin, settings_.idle_timeout);
}

void Client::close_later(Origin& origin, Connection connection) {
    closing_.spawn(close_connection(&origin, std::move(connection)));
}

io::Task<void> Client::close_connection(Origin* origin, Connection connection) {
    co_await Later{shard_};
    co_await connection->close();
    CHECK(origin->open_ > 0, "a connection is closed once");
    --origin->open_;
}

io::Task<void> Client::close() {
    for (const auto& origin : origins_) {
        while (!origin->idle_.empty()) {
            Connection connection = std::move(origin->idle_.back());
            origin->idle_.pop_back();
            connection->end_idle();
            close_later(*origin, std::move(connection));
        }
    }
    co_await closing_.join();
    for (const auto& origin : origins_) co_await origin->addresses_.close();
}

Origin::Origin(Client& client, const HttpUrl& url, const crypto::TlsTrust* trust,
               AddressGuard guard)
    : client_(client),
      url_(url),
      guard_(guard),
      addresses_(
          client.shard_,
          [&client, host = url.host(), port = url.port()] {
              return resolve(client.shard_, client.workers_, host, port);
          },
          client.settings_.addresses_kept) {
    if (!url.secure() || trust == nullptr) return;
    trust_ = *trust;
    tls_.emplace(*trust);
}

bool Origin::is(const HttpUrl& url, const crypto::TlsTrust* trust, AddressGuard guard) const {
    if (guard_ != guard) return false;
    if (url_.secure() != url.secure() || url_.authority() != url.authority()) return false;
    if (!url.secure()) return true;
    return (trust == nullptr ? nullptr : trust->native()) == (trust_ ? trust_->native() : nullptr);
}

void Origin::on_idle_ended(UpstreamConnection& connection) {
    const auto found = std::ranges::find_if(
        idle_, [&](const auto& candidate) { return candidate.get() == &connection; });
    if (found == idle_.end()) return;
    Client::Connection owned = std::move(*found);
    idle_.erase(found);
    client_.close_later(*this, std::move(owned));
}

ClientResponse::ClientResponse(Origin& origin, std::unique_ptr<UpstreamConnection> connection,
                               const CallOptions& options)
    : origin_(&origin), connection_(std::move(connection)), options_(options) {}

ClientResponse::~ClientResponse() {
    if (connection_) origin_->client_.give_back(*origin_, std::move(connection_));
}

io::Task<ClientResult<std::string_view>> ClientResponse::next_chunk() {
    CHECK(connection_ != nullptr, "an answer that was moved away");
    if (options_.chunk_timeout == Duration::zero()) {
        co_return co_await connection_->next_chunk(options_.scope);
    }
    io::Shard& shard = origin_->client_.shard_;
    io::CancelScope scope(options_.scope);
    io::Deadline deadline(scope);
    shard.timers().start(deadline, shard.now() + options_.chunk_timeout);
    co_return co_await connection_->next_chunk(&scope);
}

io::Task<ClientResult<>> ClientResponse::read_body(std::string& body, std::size_t bytes_max) {
    for (;;) {
        CO_TRY(const std::string_view chunk, co_await next_chunk());
        if (chunk.empty()) co_return ClientResult<>{};
        if (body.size() + chunk.size() > bytes_max) {
            co_return failure(ClientError{too_large, "The server's response is too large."});
        }
        body += chunk;
    }
}

}  // namespace sluice::http
