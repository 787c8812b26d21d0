// Session tickets (RFC 5077, RFC 8446 §4.6.1): AES-256-GCM under the keys of the hour, as BoringSSL
// calls for it.
#pragma once

#include <memory>

#include "base/clock.h"
#include "crypto/tls_ticket_keys.h"

struct ssl_ctx_st;

namespace sluice::crypto {

/// Does not move once installed; outlives the context.
class TicketSealer {
public:
    TicketSealer(std::shared_ptr<TlsTicketKeys> keys, Clock& clock)
        : keys_(std::move(keys)), clock_(clock) {}

    void install(ssl_ctx_st* context);

    const TlsTicketKeys::Key& current() const { return keys_->current(clock_.monotonic()); }
    const TlsTicketKeys::Key* find(std::string_view name) const {
        return keys_->find(name, clock_.monotonic());
    }

private:
    std::shared_ptr<TlsTicketKeys> keys_;
    Clock& clock_;
};

}  // namespace sluice::crypto
