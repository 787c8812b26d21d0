// A ticket is: the key's name, a random nonce, the sealed session.
#include "crypto/tls_ticket_seal.h"

#include <openssl/aead.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <cstring>
#include <tuple>

#include "base/check.h"

namespace sluice::crypto {
namespace {

constexpr std::size_t name_size = std::tuple_size_v<decltype(TlsTicketKeys::Key::name)>;
constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;
constexpr std::size_t overhead = name_size + nonce_size + tag_size;

int state_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

const TicketSealer& sealer_of(const SSL* ssl) {
    return *static_cast<const TicketSealer*>(
        SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), state_index()));
}

bool start(bssl::ScopedEVP_AEAD_CTX& cipher, const TlsTicketKeys::Key& key) {
    const std::string_view secret = key.secret.reveal();
    CHECK(secret.size() == EVP_AEAD_key_length(EVP_aead_aes_256_gcm()));
    return EVP_AEAD_CTX_init(cipher.get(), EVP_aead_aes_256_gcm(),
                             reinterpret_cast<const std::uint8_t*>(secret.data()), secret.size(),
                             tag_size, nullptr) == 1;
}

std::size_t max_overhead(SSL*) {
    return overhead;
}

// Zero bytes written: no ticket is sent.
int seal(SSL* ssl, std::uint8_t* out, std::size_t* out_size, std::size_t out_max,
         const std::uint8_t* in, std::size_t in_size) {
    *out_size = 0;
    const TlsTicketKeys::Key& key = sealer_of(ssl).current();
    if (out_max < in_size + overhead) return 0;
    bssl::ScopedEVP_AEAD_CTX cipher;
    std::size_t sealed = 0;
    std::uint8_t* nonce = out + name_size;
    std::uint8_t* text = nonce + nonce_size;
    std::memmove(text, in, in_size);  // `in` may be `out`
    std::memcpy(out, key.name.data(), name_size);
    RAND_bytes(nonce, nonce_size);
    if (!start(cipher, key) ||
        EVP_AEAD_CTX_seal(cipher.get(), text, &sealed, in_size + tag_size, nonce, nonce_size, text,
                          in_size, out, name_size) != 1) {
        return 0;
    }
    CHECK(sealed == in_size + tag_size);
    *out_size = name_size + nonce_size + sealed;
    return 1;
}

ssl_ticket_aead_result_t open(SSL* ssl, std::uint8_t* out, std::size_t* out_size,
                              std::size_t out_max, const std::uint8_t* in, std::size_t in_size) {
    if (in_size < overhead) return ssl_ticket_aead_ignore_ticket;
    const std::string_view name(reinterpret_cast<const char*>(in), name_size);
    const TlsTicketKeys::Key* key = sealer_of(ssl).find(name);
    bssl::ScopedEVP_AEAD_CTX cipher;
    if (key == nullptr || !start(cipher, *key)) return ssl_ticket_aead_ignore_ticket;
    const std::uint8_t* text = in + name_size + nonce_size;
    if (EVP_AEAD_CTX_open(cipher.get(), out, out_size, out_max, in + name_size, nonce_size, text,
                          in_size - name_size - nonce_size, in, name_size) != 1) {
        return ssl_ticket_aead_ignore_ticket;
    }
    return ssl_ticket_aead_success;
}

constexpr SSL_TICKET_AEAD_METHOD method = {max_overhead, seal, open};

}  // namespace

void TicketSealer::install(ssl_ctx_st* context) {
    CHECK(SSL_CTX_set_ex_data(context, state_index(), this) == 1);
    SSL_CTX_set_ticket_aead_method(context, &method);
}

}  // namespace sluice::crypto
