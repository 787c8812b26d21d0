// An HTTP server on simulated shards whose answers tell which request they belong to.
#pragma once

#include <gtest/gtest.h>

#include <charconv>
#include <string>

#include "http/server.h"
#include "io/event.h"
#include "tests/support/http_peer.h"
#include "tests/support/simulation.h"

namespace sluice::simulation {

inline const io::Address http_address = *io::Address::parse("127.0.0.1:80");

/// The body of the answer to a request.
inline std::string expected_body(std::string_view method, std::string_view target,
                                 std::string_view body) {
    std::string text = std::string(method) + " " + std::string(target) + "\n";
    text += body;
    // Answers of all sizes: some far above a buffer and a queue.
    const std::size_t times = target.size() % 7 == 0 ? 60 : 1;
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

/// "/stream..." is answered in pieces, "/slow..." after a second, "/never..." only when the
/// client has left or the server gives up; all others after no or a short time.
class TellingService final : public http::Service {
public:
    io::Task<void> serve(http::Exchange& exchange) override {
        ++started;
        const http::Request& request = exchange.request();
        const std::string_view path = request.path();
        const std::string body =
            expected_body(request.method_text(), request.target(), request.body());
        if (path.starts_with("/never")) {
            co_await io::Sleep(exchange.shard(), std::chrono::hours{24}, &exchange.scope());
            ++given_up;
        } else if (path.starts_with("/slow")) {
            co_await io::Sleep(exchange.shard(), std::chrono::seconds{1}, &exchange.scope());
        } else if (exchange.shard().random().next_u64() % 4 == 0) {
            const Duration time{
                static_cast<std::int64_t>(exchange.shard().random().next_u64() % 30'000'000)};
            co_await io::Sleep(exchange.shard(), time, &exchange.scope());
        }
        if (path.starts_with("/stream")) {
            co_await stream(exchange, body);
        } else {
            exchange.response().set_status(http::Status::ok);
            exchange.response().body() = body;
        }
        ++ended;
    }

    unsigned started = 0;
    unsigned ended = 0;
    unsigned given_up = 0;

private:
    static io::Task<void> stream(http::Exchange& exchange, std::string body) {
        exchange.response().set_status(http::Status::ok);
        if (!co_await exchange.begin_stream()) co_return;
        for (std::size_t at = 0; at < body.size();) {
            const std::size_t size = 1 + exchange.shard().random().next_u64() % 700;
            if (!co_await exchange.write(std::string_view(body).substr(at, size))) co_return;
            at += size;
        }
        static_cast<void>(co_await exchange.finish());
    }
};

/// What the observers of all shards were told.
class Tally final : public http::RequestObserver {
public:
    void on_request_finished(const http::FinishedRequest& request) override {
        ++finished;
        if (request.cut_off) ++cut_off;
        longest = std::max(longest, request.duration);
    }
    unsigned finished = 0;
    unsigned cut_off = 0;
    Duration longest{};
};

struct HttpWorld {
    http::ServerSettings settings;
    TellingService service;
    Tally tally;
    Duration drain_timeout = std::chrono::seconds{5};

    io::Task<void> serve(io::Shard& shard, io::Event& stop) {
        http::Server server(shard, settings, service, &tally);
        EXPECT_TRUE(server.listen(http_address).has_value());
        co_await server.run(stop, drain_timeout);
        EXPECT_EQ(server.connections(), 0u);
    }
    void start(Simulation& sim) {
        sim.start([this](io::Shard& shard, io::Event& stop) { return serve(shard, stop); });
    }
};

struct TestRequest {
    std::string method;
    std::string target;
    std::string body;
    bool chunked = false;

    std::string text(Dice& dice) const {
        std::string text = method + " " + target + " HTTP/1.1\r\nHost: example.com\r\n";
        if (method != "POST") return text + "\r\n";
        if (!chunked) {
            return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        }
        text += "Transfer-Encoding: chunked\r\n\r\n";
        for (std::size_t at = 0; at < body.size();) {
            const std::size_t size = std::min(body.size() - at, dice.between(1, 500));
            char hex[17] = {};
            std::to_chars(hex, hex + 16, size, 16);
            text += std::string(hex) + "\r\n" + body.substr(at, size) + "\r\n";
            at += size;
        }
        return text + "0\r\n\r\n";
    }
};

inline TestRequest random_request(Dice& dice) {
    TestRequest request;
    request.method = dice.chance(500) ? "GET" : "POST";
    request.target = dice.chance(300) ? "/stream/" : "/answer/";
    request.target.append(dice.between(1, 40), static_cast<char>('a' + dice.below(26)));
    request.target += "?" + std::to_string(dice.below(1'000'000));
    if (request.method == "POST") {
        request.body.assign(dice.below(dice.chance(200) ? 8000 : 300), '-');
        for (char& byte : request.body) byte = static_cast<char>(dice.below(256));
        request.chunked = dice.chance(300);
    }
    return request;
}

}  // namespace sluice::simulation
