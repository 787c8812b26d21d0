// Authorization servers in process: every shard in one thread, under a clock that tests own.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/json.h"
#include "http/request_builder.h"
#include "io/ring.h"
#include "io/task_group.h"
#include "oauth/authorization_server.h"
#include "storage/memory_store.h"

namespace sluice::oauth_test {

using oauth::AuthorizationServer;

/// A ring that nothing happens on: these tests call handlers, they open no sockets.
class QuietRing final : public io::Ring {
public:
    io::Result<int> open_listener(const io::Address&) override { return no_sockets(); }
    io::Result<int> open_socket(const io::Address&) override { return no_sockets(); }
    io::Address local_address(int) override { return {}; }
    io::Address peer_address(int) override { return {}; }
    void shut_down(int) override { std::ignore = no_sockets(); }
    void shut_down_sending(int) override { std::ignore = no_sockets(); }
    void close(int) override { std::ignore = no_sockets(); }
    void accept(io::Operation&, int) override { std::ignore = no_sockets(); }
    void receive(io::Operation&, int) override { std::ignore = no_sockets(); }
    void watch_hang_up(io::Operation&, int) override { std::ignore = no_sockets(); }
    void send(io::Operation&, int, std::string_view) override { std::ignore = no_sockets(); }
    void connect(io::Operation&, int, const io::Address&) override { std::ignore = no_sockets(); }
    void cancel(io::Operation&) override { std::ignore = no_sockets(); }
    int descriptor() const override { return -1; }
    void wake(io::Ring&) override {}
    void run_once(Duration) override {}

private:
    void recycle(std::uint16_t) override { std::ignore = no_sockets(); }
    static int no_sockets() {
        CHECK(false, "a test of handlers opens no sockets");
        return -1;
    }
};

/// What an endpoint answered.
class Answer {
public:
    explicit Answer(const http::Response& response)
        : status_(http::code(response.status())),
          fields_(response.fields().http1_text()),
          body_(response.body()) {
        for (const char* name :
             {"Location", "Set-Cookie", "Content-Type", "Cache-Control", "WWW-Authenticate",
              "Retry-After", "Content-Security-Policy", "X-Frame-Options", "Referrer-Policy",
              "X-Content-Type-Options", "Access-Control-Allow-Origin",
              "Access-Control-Allow-Headers", "Pragma", "Cross-Origin-Opener-Policy"}) {
            if (const auto value = response.field(name)) known_.emplace_back(name, *value);
        }
    }

    int status() const { return status_; }
    const std::string& body() const { return body_; }
    /// Empty where it is absent.
    std::string field(std::string_view name) const {
        for (const auto& [known, value] : known_) {
            if (known == name) return value;
        }
        return {};
    }
    bool has_field(std::string_view name) const { return !field(name).empty(); }

    /// A member of the JSON body as text: a string as it is, anything else as JSON; empty where it
    /// is absent or the body is no JSON.
    std::string json(std::string_view member) const {
        const auto document = JsonDocument::parse(body_);
        if (!document) return {};
        const auto value = document->root().find(member);
        if (!value) return {};
        if (const auto text = value->string()) return std::string(*text);
        std::string raw;
        value->append_to(raw);
        return raw;
    }
    std::string error() const { return json("error"); }

private:
    int status_;
    std::string fields_;
    std::string body_;
    std::vector<std::pair<std::string, std::string>> known_;
};

/// Keeps what was reported.
class RecordingObserver final : public oauth::Observer {
public:
    struct Kept {
        oauth::EventKind kind;
        std::string client_id;
        std::string username;
        std::string detail;
    };
    void on_event(const oauth::Event& event) override {
        events.push_back({event.kind, std::string(event.client_id), std::string(event.username),
                          std::string(event.detail)});
    }
    std::size_t count(oauth::EventKind kind) const {
        return static_cast<std::size_t>(std::ranges::count(events, kind, &Kept::kind));
    }
    std::vector<Kept> events;
};

/// A request to be sent.
struct Sent {
    http::Method method = http::Method::get;
    std::string target;
    std::vector<std::pair<std::string, std::string>> fields{};
    std::string body{};
    std::string peer = "192.0.2.1";

    Sent& field(std::string_view name, std::string_view value) {
        fields.emplace_back(name, value);
        return *this;
    }
    Sent& from(std::string_view address) {
        peer = address;
        return *this;
    }
};

inline Sent form_post(std::string_view path, std::string_view body) {
    Sent sent{http::Method::post, std::string(path)};
    sent.body = body;
    return sent.field("Content-Type", "application/x-www-form-urlencoded");
}

inline Sent json_post(std::string_view path, std::string_view body) {
    Sent sent{http::Method::post, std::string(path)};
    sent.body = body;
    return sent.field("Content-Type", "application/json");
}

class Servers {
public:
    explicit Servers(oauth::Settings given, unsigned shards = 1) : settings(std::move(given)) {
        std::vector<io::Shard*> all;
        for (unsigned i = 0; i < shards; ++i) {
            shards_.push_back(std::make_unique<io::Shard>(
                i, io::Shard::Parts{.ring = std::make_unique<QuietRing>(),
                                    .random = std::make_unique<SeededRandom>(1000 + i),
                                    .clock = &clock}));
            all.push_back(shards_.back().get());
        }
        for (const auto& shard : shards_) {
            shard->set_peers(all);
            stores_.push_back(engine_.open(*shard));
            servers_.push_back(std::make_unique<AuthorizationServer>(
                AuthorizationServer::Parts{*shard, settings, keys_, *stores_.back(), workers_,
                                           observer},
                peers_));
        }
        for (const auto& server : servers_) server->start();
    }

    AuthorizationServer& server(unsigned shard = 0) { return *servers_[shard]; }
    unsigned shard_count() const { return static_cast<unsigned>(shards_.size()); }

    /// A call that runs beside others until run() or its answer() is asked for.
    class Call {
    public:
        Answer answer() {
            servers_.run();
            return Answer(response_);
        }

    private:
        friend Servers;
        Call(Servers& servers, const Sent& sent)
            : servers_(servers), request_(sent.method, sent.target) {
            for (const auto& [name, value] : sent.fields) request_.field(name, value);
            request_.body(sent.body).peer(sent.peer);
        }
        Servers& servers_;
        http::RequestBuilder request_;
        http::Response response_;
    };

    std::unique_ptr<Call> begin(std::string_view endpoint, const Sent& sent, unsigned shard = 0) {
        auto call = std::unique_ptr<Call>(new Call(*this, sent));
        calls_.spawn(server(shard).serve(endpoint_named(endpoint), call->request_.request(),
                                         call->response_));
        return call;
    }
    Answer call(std::string_view endpoint, const Sent& sent, unsigned shard = 0) {
        return begin(endpoint, sent, shard)->answer();
    }

    /// By its name in the endpoint table, or "metadata".
    const oauth::Endpoint& endpoint_named(std::string_view name) const {
        for (const oauth::Route& route : oauth::routes(settings)) {
            if (route.endpoint->name == name) return *route.endpoint;
        }
        CHECK(false, "no endpoint has this name");
    }

    /// Runs `function(oauth::ShardState&)` on a shard, at once.
    template <class Function>
    void on_shard(unsigned shard, Function function) {
        const auto run_there = [](Servers& servers, unsigned there,
                                  Function what) -> io::Task<void> {
            co_await servers.peers_.call(*servers.shards_[there], there, std::move(what));
        };
        calls_.spawn(run_there(*this, shard, std::move(function)));
    }

    /// Turns all shards until every call has been answered; time passes where all of them wait.
    void run() {
        for (int idle = 0; calls_.size() > 0;) {
            for (const auto& shard : shards_) shard->turn(Duration::zero());
            if (++idle % 8 == 0) clock.advance(std::chrono::milliseconds{10});
            ASSERT_LT(idle, 1'000'000) << "a call is never answered";
        }
    }
    /// Lets time pass on every shard.
    void advance(Duration by) {
        clock.advance(by);
        for (const auto& shard : shards_) shard->turn(Duration::zero());
    }

    oauth::Settings settings;
    ManualClock clock;
    RecordingObserver observer;

private:
    SeededRandom random_{5};
    oauth::Keys keys_ = oauth::Keys::generate(random_);
    storage::MemoryEngine engine_{random_};
    io::WorkerPool workers_{{}, 1};
    oauth::Peers peers_;
    std::vector<std::unique_ptr<io::Shard>> shards_;
    std::vector<std::unique_ptr<storage::Store>> stores_;
    std::vector<std::unique_ptr<AuthorizationServer>> servers_;
    io::TaskGroup calls_;
};

}  // namespace sluice::oauth_test
