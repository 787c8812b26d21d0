// TLS sessions: any bytes in any pieces end in the same way and never in plaintext; two ends whose
// bytes are delivered piece by piece, and changed, read a prefix of what was written, or all of it.
#include "crypto/tls_session.h"

#include <string>
#include <utility>

#include "base/check.h"
#include "crypto/tls_client_context.h"
#include "crypto/tls_server_context.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/certificates.h"

namespace {

using namespace sluice;
using namespace sluice::crypto;

struct Ends {
    Ends() : Ends(simulation::make_certificate({.names = {"a.example"}, .authority = true})) {}
    explicit Ends(const simulation::Pem& pem)
        : server({*TlsIdentity::parse(pem.certificate, Secret(pem.key))},
                 std::make_shared<TlsTicketKeys>(Secret(std::string("seed")), MonotonicTime{}),
                 clock),
          client(*TlsTrust::parse(pem.certificate)) {}
    ManualClock clock;
    TlsServerContext server;
    TlsClientContext client;
};

Ends& ends() {
    static Ends made;
    return made;
}

// What becomes of a server that is sent these bytes.
std::string outcome(const std::vector<std::string_view>& pieces) {
    const auto server = ends().server.accept();
    for (const std::string_view piece : pieces) {
        CHECK(server->feed(piece) == piece.size());
        CHECK(!server->has_plaintext() && !server->established());
    }
    return std::string(server->failed() ? "failed " : "") +
           (server->looks_like_http() ? "http " : "") + std::string(server->error());
}

/// One direction: what was written, what is under way, what was read.
struct Direction {
    TlsSession& from;
    TlsSession& to;
    std::string written;
    std::string under_way;
    std::string read;
    bool changed = false;

    void write(std::size_t count) {
        if (!from.established() || from.failed()) return;
        const std::string text(count, static_cast<char>('a' + written.size() % 26));
        if (from.write(text)) written += text;
    }
    void deliver(std::size_t count) {
        under_way += std::exchange(from.output(), {});
        std::string_view piece = std::string_view(under_way).substr(0, count);
        const std::size_t size = piece.size();
        while (!piece.empty()) {
            const std::size_t taken = to.feed(piece);
            piece.remove_prefix(taken);
            char memory[300];
            while (to.has_plaintext()) {
                CHECK(to.established() || !to.failed());
                read.append(memory, to.read(memory));
            }
        }
        under_way.erase(0, size);
        CHECK(std::string_view(written).starts_with(read), "bytes came out that nobody wrote");
    }
    void change() {
        if (under_way.empty()) return;
        under_way.front() = static_cast<char>(under_way.front() ^ 0x55);
        changed = true;
    }
};

// Each byte is a step: who, what, how much.
void converse(std::string_view script) {
    const auto server = ends().server.accept();
    const auto client = ends().client.connect("a.example");
    client->start();
    Direction up{*client, *server, {}, {}, {}};
    Direction down{*server, *client, {}, {}, {}};
    for (const char byte : script) {
        const auto step = static_cast<unsigned char>(byte);
        Direction& direction = (step & 1) != 0 ? up : down;
        const std::size_t amount = std::size_t{1} << (step >> 4);
        switch (step >> 1 & 7) {
            case 0:
                direction.write(amount);
                break;
            case 1:
                direction.change();
                break;
            default:
                direction.deliver(amount);
        }
    }
    if (up.changed || down.changed) return;
    for (int i = 0; i < 8; ++i) {
        up.deliver(up.written.npos);
        down.deliver(down.written.npos);
    }
    CHECK(server->established() && client->established(), "a stall");
    CHECK(up.read == up.written && down.read == down.written, "bytes are missing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = fuzz::text_of(data, size);
    if (input.empty()) return 0;
    if (input.front() == 'c') {
        converse(input.substr(1));
        return 0;
    }
    const std::string whole = outcome({input});
    for (std::uint64_t salt = 0; salt < 4; ++salt) {
        CHECK(outcome(fuzz::cut(input, salt)) == whole, input);
    }
    return 0;
}
