// The server's side of TLS: handshakes and records, without a network.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "bench/micro/keys.h"
#include "crypto/tls_client_context.h"
#include "crypto/tls_server_context.h"
#include "tests/support/certificates.h"

namespace sluice::bench {
namespace {

/// A server with a P-256 certificate and clients of it.
class Ends {
public:
    Ends() : server_(identities(), tickets(), clock_) {}

    /// Establishes a session, up to the first answer, which carries the tickets of TLS 1.3. Gives
    /// the CPU time that the server took for it, in nanoseconds.
    std::int64_t shake_hands(bool resumes) {
        if (!resumes) clients_ = make_clients();
        client_ = clients_->connect("localhost");
        client_->start();
        const std::int64_t began = thread_cpu_ns();
        server_session_ = server_.accept();
        server_session_->start();
        std::int64_t server_ns = thread_cpu_ns() - began;
        while (!client_->output().empty() || !server_session_->output().empty()) {
            server_ns += carry(*client_, *server_session_);
            carry(*server_session_, *client_);
        }
        server_ns += answer("first");
        CHECK(client_->established() && server_session_->established());
        CHECK(client_->resumed() == resumes);
        return server_ns;
    }

    /// The CPU time that the server takes to read a request.
    std::int64_t request(std::string_view text) {
        CHECK(client_->write(text));
        return carry(*client_, *server_session_);
    }

    /// The CPU time that the server takes to write an answer.
    std::int64_t answer(std::string_view text) {
        const std::int64_t began = thread_cpu_ns();
        CHECK(server_session_->write(text));
        const std::int64_t took = thread_cpu_ns() - began;
        carry(*server_session_, *client_);
        return took;
    }

private:
    static std::int64_t carry(crypto::TlsSession& from, crypto::TlsSession& to) {
        const std::string bytes = std::exchange(from.output(), {});
        const std::int64_t began = thread_cpu_ns();
        std::array<char, 4096> text;
        for (std::size_t at = 0; at < bytes.size();) {
            at += to.feed(std::string_view(bytes).substr(at));
            while (to.has_plaintext()) to.read(text);
        }
        return thread_cpu_ns() - began;
    }

    static std::vector<crypto::TlsIdentity> identities() {
        const simulation::Pem pem = simulation::make_certificate();
        auto identity = crypto::TlsIdentity::parse(pem.certificate, Secret(pem.key));
        CHECK(identity.has_value());
        return {*std::move(identity)};
    }
    static std::shared_ptr<crypto::TlsTicketKeys> tickets() {
        return std::make_shared<crypto::TlsTicketKeys>(Secret(std::string(32, 's')),
                                                       MonotonicTime{});
    }
    static std::unique_ptr<crypto::TlsClientContext> make_clients() {
        return std::make_unique<crypto::TlsClientContext>(
            crypto::TlsTrust::nobody(), crypto::TlsClientContext::ServerCertificate::ignored);
    }

    ManualClock clock_;
    crypto::TlsServerContext server_;
    std::unique_ptr<crypto::TlsClientContext> clients_;
    std::unique_ptr<crypto::TlsSession> client_;
    std::unique_ptr<crypto::TlsSession> server_session_;
};

void set_time(benchmark::State& state, std::int64_t server_ns) {
    state.SetIterationTime(static_cast<double>(server_ns) / 1e9);
}

void shake_hands(benchmark::State& state, bool resumes) {
    Ends ends;
    ends.shake_hands(false);
    for (auto _ : state) set_time(state, ends.shake_hands(resumes));
}

void tls_full_handshake_server_side(benchmark::State& state) {
    shake_hands(state, false);
}
BENCHMARK(tls_full_handshake_server_side)->UseManualTime();

void tls_resumed_handshake_server_side(benchmark::State& state) {
    shake_hands(state, true);
}
BENCHMARK(tls_resumed_handshake_server_side)->UseManualTime();

/// A request of 300 bytes opened and an answer of as many sealed.
void tls_request_and_answer_server_side(benchmark::State& state) {
    Ends ends;
    ends.shake_hands(false);
    const std::string text(300, 't');
    for (auto _ : state) set_time(state, ends.request(text) + ends.answer(text));
}
BENCHMARK(tls_request_and_answer_server_side)->UseManualTime();

}  // namespace
}  // namespace sluice::bench
