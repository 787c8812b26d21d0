// The handshake of a connection with TLS.
#include "crypto/tls_session.h"
#include "http/connection.h"

namespace sluice::http {

// A handshake has as long as a header. Who speaks plain HTTP is told so in the same language.
io::Task<void> Connection::open_tls() {
    request_started_ = context_.shard.now();
    deadline_.set(reading_, request_started_ + context_.settings.header_timeout);
    const io::Result<void> established = co_await stream_.handshake(&reading_);
    deadline_.clear();
    if (established) {
        ++(stream_.tls()->resumed() ? context_.tls_counts.resumed : context_.tls_counts.full);
        co_return;
    }
    ++context_.tls_counts.failed;
    closing_ = true;
    if (!stream_.tls()->looks_like_http()) co_return;
    stream_.leave_tls();
    buffers_ = context_.buffers.take();
    refuse({Status::bad_request,
            "A plain HTTP request was sent to an HTTPS port: use an https:// URL."});
}

}  // namespace sluice::http
