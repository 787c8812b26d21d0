// Store call on its way through the queue and a connection.
#pragma once

#include <coroutine>
#include <cstdint>
#include <optional>

#include "io/timer.h"
#include "storage/postgres/arguments.h"
#include "storage/postgres/handles.h"
#include "storage/postgres/statements.h"
#include "storage/store.h"

namespace sluice::storage::postgres {

class CallQueue;

/// Lives in the frame that awaits CallQueue::run().
class Call final : public io::Timer {
public:
    explicit Call(Statement called) : statement(called) {}

    /// A grant, which may share one statement with others; its answer says nothing.
    explicit Call(const NewTokens& added) : statement(Statement::grants), grant(&added) {}

    Statement statement;
    Arguments arguments;
    std::optional<token::GrantTag> family;  // to lock first, in a statement of its own
    const NewTokens* grant = nullptr;

    // For the queue and the connections.
    bool alone = false;  // has failed in company
    unsigned attempts = 0;

private:
    friend CallQueue;
    void on_timer() override;

    CallQueue* waiting_in_ = nullptr;
    Call* previous_ = nullptr;
    Call* next_ = nullptr;
    MonotonicTime give_up_;
    std::coroutine_handle<> awaiting_;
    StoreResult<ResultPtr> answer_ = std::unexpected(StoreError::unavailable);
};

}  // namespace sluice::storage::postgres
