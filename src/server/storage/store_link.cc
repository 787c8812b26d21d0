#include "server/storage/store_link.h"

namespace sluice::server {

void StoreLink::on_revoked(token::GrantTag tag) {
    if (auth_ != nullptr) auth_->on_revoked(tag);
}

void StoreLink::on_trust(MonotonicTime until) {
    if (auth_ != nullptr) auth_->on_trust(until);
}

void StoreLink::on_gap() {
    if (auth_ != nullptr) auth_->on_gap();
    if (shard_.index() != 0) return;
    log_.line(LogLevel::warning, shard_.wall_now(), "revocations_missed")
        .add("detail", "away for longer than revocations are kept: memory is read again");
}

void StoreLink::on_feed(bool follows, std::string_view detail) {
    const bool first = !follows_;
    follows_ = follows;
    if (!follows) {
        log_.line(LogLevel::error, shard_.wall_now(), "revocation_feed_away").add("detail", detail);
    } else if (!first) {
        log_.line(LogLevel::info, shard_.wall_now(), "revocation_feed_back");
    }
    log_.flush();
}

void StoreLink::on_state(storage::StoreState state, std::string_view detail) {
    // Another reason for the same state is worth a line to whoever looks closer.
    const bool reloaded = told_ != state;
    const auto line = [&](LogLevel level, std::string_view event) {
        log_.line(reloaded ? level : LogLevel::debug, shard_.wall_now(), event)
            .add("detail", detail);
        log_.flush();
    };
    const bool first = !told_;
    told_ = state;
    switch (state) {
        case storage::StoreState::available:
            return line(LogLevel::info, first ? "storage_ready" : "storage_back");
        case storage::StoreState::away:
            return line(LogLevel::error, "storage_away");
        case storage::StoreState::failed:
            // Nothing may be read back or tried again: what the disk has may not be what was
            // written.
            line(LogLevel::error, "storage_failed");
            return fatal_error_.fail();
    }
}

}  // namespace sluice::server
