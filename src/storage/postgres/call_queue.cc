#include "storage/postgres/call_queue.h"

#include <algorithm>

#include "base/check.h"

namespace sluice::storage::postgres {
namespace {

constexpr std::size_t shared_max = 128;   // rows of a statement: more save nothing
constexpr std::size_t pipeline_max = 16;  // calls: one that waits for a lock holds up the others
constexpr unsigned attempts_max = 4;

}  // namespace

void Call::on_timer() {
    // It only runs while it waits: nothing was tried.
    CHECK(waiting_in_ != nullptr);
    CallQueue& queue = *waiting_in_;
    queue.remove(*this);
    queue.settle(*this,
                 std::unexpected(attempts == 0 ? StoreError::overloaded : StoreError::unavailable));
}

CallQueue::CallQueue(io::Shard& shard, std::size_t under_way_max, Duration wait_max)
    : shard_(shard),
      under_way_max_(under_way_max),
      wait_max_(wait_max),
      work_(shard),
      nothing_under_way_(shard) {}

bool CallQueue::admit(Call& call) {
    if (connections_ == 0) {
        call.answer_ = std::unexpected(StoreError::unavailable);
        return false;
    }
    if (under_way_ >= under_way_max_) {
        call.answer_ = std::unexpected(StoreError::overloaded);
        return false;
    }
    ++under_way_;
    CHECK(under_way_ <= under_way_max_);
    nothing_under_way_.reset();
    call.give_up_ = shard_.now() + wait_max_;
    push(call, false);
    return true;
}

CallQueue::List& CallQueue::list_of(const Call& call) {
    return call.grant != nullptr && !call.alone ? grants_ : calls_;
}

void CallQueue::push(Call& call, bool in_front) {
    List& list = list_of(call);
    CHECK(call.waiting_in_ == nullptr && (list.size == 0) == (list.first == nullptr));
    Call*& end = in_front ? list.first : list.last;
    call.previous_ = in_front ? nullptr : end;
    call.next_ = in_front ? end : nullptr;
    if (end != nullptr) (in_front ? end->previous_ : end->next_) = &call;
    end = &call;
    if (list.size++ == 0) list.first = list.last = &call;
    call.waiting_in_ = this;
    shard_.timers().start(call, call.give_up_);
    work_.set();
}

void CallQueue::remove(Call& call) {
    List& list = list_of(call);
    CHECK(call.waiting_in_ == this && list.size > 0, "it does not wait here");
    (call.previous_ != nullptr ? call.previous_->next_ : list.first) = call.next_;
    (call.next_ != nullptr ? call.next_->previous_ : list.last) = call.previous_;
    call.previous_ = call.next_ = nullptr;
    call.waiting_in_ = nullptr;
    call.stop();
    --list.size;
}

void CallQueue::take(Batch& batch, unsigned idle) {
    batch.clear();
    if (grants_can_go()) return take_grants(batch);
    const std::size_t share = (calls_.size + idle - 1) / std::max(idle, 1U);
    for (std::size_t left = std::min(share, pipeline_max); left > 0; --left) {
        CHECK(calls_.first != nullptr);
        Call& call = *calls_.first;
        remove(call);
        ++call.attempts;
        batch.calls.push_back(&call);
    }
}

void CallQueue::take_grants(Batch& batch) {
    batch.shared = true;
    CHECK(!shared_batch_out_, "grants go out one batch at a time");
    shared_batch_out_ = true;
    tags_.clear();
    while (grants_.first != nullptr && batch.calls.size() < shared_max) {
        Call& call = *grants_.first;
        // Each is compared with what was there before the statement, so not with its companions.
        const std::uint64_t tag = call.grant->tag.value();
        if (std::ranges::find(tags_, tag) != tags_.end()) break;
        tags_.push_back(tag);
        remove(call);
        ++call.attempts;
        batch.calls.push_back(&call);
    }
}

void CallQueue::shared_batch_ended() {
    CHECK(shared_batch_out_);
    shared_batch_out_ = false;
    if (grants_.first != nullptr) work_.set();
}

void CallQueue::settle(Call& call, StoreResult<ResultPtr> answer) {
    CHECK(under_way_ > 0 && call.waiting_in_ == nullptr, "a call is settled once");
    call.answer_ = std::move(answer);
    shard_.make_ready(call.awaiting_);
    if (--under_way_ == 0) nothing_under_way_.set();
}

void CallQueue::retry(Call& call) {
    if (call.attempts >= attempts_max || call.give_up_ <= shard_.now() || connections_ == 0) {
        return settle(call, std::unexpected(StoreError::unavailable));
    }
    call.alone = true;
    push(call, true);
}

void CallQueue::disconnected() {
    CHECK(connections_ > 0);
    if (--connections_ == 0) refuse_all();
}

void CallQueue::refuse_all() {
    for (const List* list : {&grants_, &calls_}) {
        while (list->first != nullptr) {
            Call& call = *list->first;
            remove(call);
            settle(call, std::unexpected(StoreError::unavailable));
        }
    }
}

io::Task<void> CallQueue::drained() {
    while (under_way_ > 0) co_await nothing_under_way_.wait();
}

}  // namespace sluice::storage::postgres
