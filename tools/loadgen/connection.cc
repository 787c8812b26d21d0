#include "loadgen/connection.h"

#include <cerrno>
#include <utility>

#include "base/check.h"

namespace sluice::loadgen {

Connection::Connection(io::Ring& ring, ConnectionUser& user, unsigned index, unsigned depth,
                       bool streams, TlsUse* tls)
    : ring_(ring), user_(user), index_(index), streams_(streams), tls_(tls), owed_(depth) {}

Connection::~Connection() {
    CHECK(state_ == State::closed, "a connection was dropped before it was closed");
}

void Connection::owe(const Owed& owed) {
    CHECK(has_room(), "more requests than the depth of the pipeline");
    const std::size_t at = first_owed_ + owed_count_++;
    owed_[at < owed_.size() ? at : at - owed_.size()] = owed;
}

Owed Connection::take_oldest() {
    CHECK(owes(), "an answer that nobody asked for");
    const Owed oldest = owed_[first_owed_];
    if (++first_owed_ == owed_.size()) first_owed_ = 0;
    --owed_count_;
    return oldest;
}

void Connection::open(const io::Address& address, MonotonicTime now) {
    CHECK(state_ == State::closed);
    opened_at_ = now;
    state_ = State::connecting;
    reader_.reset();
    address_ = address;
    const auto fd = ring_.open_socket(address_);
    if (!fd) {
        state_ = State::closing;
        user_.on_broken(*this, Failure::connect, fd.error().text());
        state_ = State::closed;
        return user_.on_closed(*this);
    }
    fd_ = *fd;
    ring_.connect(connector_, fd_, address_);
}

void Connection::on_connect(int result) {
    if (state_ != State::connecting) return close_when_idle();
    if (result < 0) return broken(Failure::connect, io::Error{-result}.text());
    ring_.receive(receiver_, fd_);
    if (tls_ != nullptr) return start_tls();
    established();
}

void Connection::start_tls() {
    session_ = tls_->context.connect(tls_->host);
    if (!tls_->resumes) session_->set_resumption_name({});  // what it brings is kept for nobody
    session_->start();
    send(session_->output());
}

void Connection::established() {
    state_ = State::open;
    user_.on_connected(*this);
    flush();
}

void Connection::flush() {
    if (state_ != State::open || reading_) return;
    if (!session_) return send(output_);
    if (!output_.empty()) session_->write(output_);
    output_.clear();
    send(session_->output());
}

/// Takes `bytes` away, unless others are being sent.
void Connection::send(std::string& bytes) {
    if (sender_.in_flight() || bytes.empty()) return;
    sending_.swap(bytes);
    bytes.clear();
    sent_ = 0;
    ring_.send(sender_, fd_, sending_);
}

void Connection::on_send(int result) {
    if (state_ == State::closing) return close_when_idle();
    if (result < 0) return broken(Failure::reset, io::Error{-result}.text());
    sent_ += static_cast<std::size_t>(result);
    CHECK(sent_ <= sending_.size());
    if (sent_ < sending_.size()) {
        return ring_.send(sender_, fd_, std::string_view(sending_).substr(sent_));
    }
    if (session_) send(session_->output());
    flush();
}

void Connection::on_receive(io::Completion& completion) {
    if (state_ == State::closing) return close_when_idle();
    if (completion.result > 0) {
        session_ ? read_tls(completion.buffer.bytes()) : read(completion.buffer.bytes());
        completion.buffer = {};
    } else if (completion.result == 0) {
        return on_end();
    } else if (completion.result != -ENOBUFS && completion.result != -ECANCELED) {
        return broken(Failure::reset, io::Error{-completion.result}.text());
    }
    if (state_ == State::closing) return close_when_idle();
    if (!receiver_.in_flight()) ring_.receive(receiver_, fd_);
    if (session_) send(session_->output());
    flush();
}

void Connection::read_tls(std::string_view bytes) {
    while (!bytes.empty() && state_ != State::closing) {
        bytes.remove_prefix(session_->feed(bytes));
        if (session_->failed()) {
            const bool in_handshake = state_ == State::connecting;
            return broken(in_handshake ? Failure::tls : Failure::malformed, session_->error());
        }
        if (state_ == State::connecting && session_->established()) established();
        while (session_->has_plaintext() && state_ == State::open) {
            read({tls_->plaintext.data(), session_->read(tls_->plaintext)});
        }
        if (session_->ended_by_peer()) return on_end();
    }
}

void Connection::read(std::string_view bytes) {
    reading_ = true;
    while (state_ == State::open && !bytes.empty()) {
        if (!owes()) {
            reading_ = false;
            return broken(Failure::malformed, "the server spoke without being asked");
        }
        const http::ParseResult<bool> whole = reader_.next(bytes);
        if (!whole) {
            reading_ = false;
            return broken(Failure::malformed, whole.error().description);
        }
        if (*whole) {
            answered();
        } else if (streams_ && reader_.in_body()) {
            read_stream();
        }
    }
    reading_ = false;
}

void Connection::read_stream() {
    user_.on_stream(*this, reader_.head(), reader_.body_so_far());
    reader_.drop_body();
}

void Connection::answered() {
    const bool keeps_alive = reader_.keeps_alive();
    user_.on_answer(*this, take_oldest(), reader_.answer(), keeps_alive);
    if (keeps_alive || state_ != State::open) return;
    if (owed_.size() == 1 && owes()) {
        moving_ = true;  // the request that was appended now goes out on the next connection
        return close();
    }
    if (owes()) return broken(Failure::closed, "the server closed behind an earlier answer");
    close();
}

void Connection::on_end() {
    if (state_ == State::connecting) {
        return broken(Failure::tls, "the server closed the connection in the handshake");
    }
    if (owes() && reader_.finish()) {
        answered();
        if (state_ != State::open) return close_when_idle();
    }
    broken(Failure::closed, "the server closed the connection");
}

void Connection::broken(Failure why, std::string_view reason) {
    if (state_ == State::closing || state_ == State::closed) return;
    state_ = State::closing;
    if (fd_ >= 0) ring_.shut_down(fd_);
    user_.on_broken(*this, why, reason);
    close_when_idle();
}

void Connection::close() {
    if (state_ == State::closing || state_ == State::closed) return;
    const bool connecting = state_ == State::connecting;
    state_ = State::closing;
    ring_.shut_down(fd_);
    if (connecting && connector_.in_flight()) ring_.cancel(connector_);
    close_when_idle();
}

void Connection::close_when_idle() {
    const bool busy =
        connector_.in_flight() || receiver_.in_flight() || sender_.in_flight() || reading_;
    if (state_ != State::closing || busy) return;
    CHECK(!sender_.in_flight() && !receiver_.in_flight());
    if (fd_ >= 0) ring_.close(std::exchange(fd_, -1));
    session_.reset();
    state_ = State::closed;
    if (!std::exchange(moving_, false)) output_.clear();
    user_.on_closed(*this);
}

}  // namespace sluice::loadgen
