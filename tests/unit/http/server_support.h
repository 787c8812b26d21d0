// A server in a simulation, and clients that speak bytes to it.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "http/response_parser.h"
#include "http/server.h"
#include "tests/support/byte_peer.h"
#include "tests/support/endpoints.h"
#include "tests/support/simulation.h"

namespace sluice::http {

inline const io::Address server_address = *io::Address::parse("127.0.0.1:80");

/// Answers "method path <body>".
inline io::Task<void> describe_request(const Request& request, Response& response) {
    response.body() =
        fmt::format("{} {} <{}>", request.method_text(), request.path(), request.body());
    co_return;
}

/// What a test says about its server, and what happened on it.
struct TestServer : RequestObserver {
    ServerSettings settings;
    Duration drain_timeout = std::chrono::seconds{10};
    Endpoints endpoints;
    std::vector<std::string> finished;  // "METHOD path status"
    std::size_t connections = 0;        // once it ended
    std::size_t refused = 0;

    TestServer() {
        endpoints.add_plain(Method::get, "/", describe_request);
        endpoints.add_plain(Method::post, "/", describe_request);
        endpoints.add_prefix(Method::get, "/any", [](Exchange& exchange) {
            return describe_request(exchange.request(), exchange.response());
        });
    }

    void on_request_finished(const FinishedRequest& request) override {
        finished.push_back(fmt::format("{} {} {}{}", request.method, request.path,
                                       code(request.status), request.cut_off ? " cut off" : ""));
    }

    io::Task<void> run(io::Shard& shard, io::Event& stop) {
        Server server(shard, settings, endpoints, this);
        EXPECT_TRUE(server.listen(server_address));
        co_await server.run(stop, drain_timeout);
        connections += server.connections();
        refused += server.connections_refused();
    }
    void start_in(simulation::Simulation& sim) {
        sim.start([this](io::Shard& shard, io::Event& stop) { return run(shard, stop); });
    }
};

/// Sends `pieces` with `pause` between them, then everything that comes until the server ends the
/// connection. `ends`: the client ends its own direction behind the last piece.
inline io::Task<void> converse(io::Shard& shard, std::vector<std::string> pieces,
                               std::string& answer, Duration pause = {}, bool ends = false) {
    auto peer = co_await simulation::BytePeer::connect(shard, server_address);
    EXPECT_NE(peer, nullptr);
    if (!peer) co_return;
    for (const std::string& piece : pieces) {
        if (!co_await peer->send(piece)) break;
        if (pause > Duration::zero()) co_await io::Sleep(shard, pause);
    }
    if (ends) peer->stream().end_sending();
    answer = co_await peer->take_to_end();
    co_await peer->close();
}

/// Runs one conversation on a server of its own and gives what the server said until it closed.
inline std::string answer_to(TestServer& server, std::vector<std::string> pieces,
                             Duration pause = {}, bool ends = false) {
    std::string answer;
    simulation::Simulation sim(1, 1);
    server.start_in(sim);
    sim.start_client(
        [&](io::Shard& shard) { return converse(shard, pieces, answer, pause, ends); });
    EXPECT_TRUE(sim.run());
    return answer;
}

/// Breaks the connection of every client, as RST does.
inline void reset_clients(simulation::Simulation& sim) {
    for (int fd = 0; fd < 1000; ++fd) {
        if (sim.network().is_open(fd) && sim.network().peer_address(fd) == server_address) {
            sim.network().reset(fd);
        }
    }
}

inline std::string get(std::string_view path, std::string_view fields = {}) {
    return fmt::format("GET {} HTTP/1.1\r\nHost: h\r\n{}\r\n", path, fields);
}
inline std::string last_get(std::string_view path) {
    return get(path, "Connection: close\r\n");
}

/// Bodies and status codes of the answers in `bytes`, without their fields: "200 <body>" each.
inline std::vector<std::string> answers_in(std::string_view bytes, bool to_head = false) {
    std::vector<std::string> answers;
    ResponseParser parser;
    parser.append(bytes);
    parser.append_end();
    for (;;) {
        parser.start(to_head);
        if (!parser.received_anything()) return answers;
        const auto head = parser.read_head();
        if (!head || !*head) {
            answers.push_back("broken head");
            return answers;
        }
        std::string text = fmt::format("{} <", code(parser.head().status()));
        for (;;) {
            const auto chunk = parser.next_body_chunk();
            if (!chunk) {
                answers.push_back(text + "... cut off");
                return answers;
            }
            text += chunk->data;
            if (chunk->kind == ResponseParser::BodyChunk::Kind::complete) break;
        }
        answers.push_back(text + ">");
    }
}

}  // namespace sluice::http
