// Cancellation: a scope that operations join while they wait, and that ends all of them at once.
#pragma once

#include <cerrno>

#include "io/error.h"
#include "io/timer.h"

namespace sluice::io {

class CancelScope;

/// Something that can be asked to end early. Leaves its scope when dropped.
class Cancellable {
public:
    Cancellable() = default;
    Cancellable(const Cancellable&) = delete;
    Cancellable& operator=(const Cancellable&) = delete;
    virtual ~Cancellable() { leave(); }

    /// Joins `scope` (null: none). Where the scope is cancelled already, on_cancel() is called at
    /// once.
    void join(CancelScope* scope);
    void leave();

protected:
    friend CancelScope;
    virtual void on_cancel() = 0;

private:
    CancelScope* scope_ = nullptr;
    Cancellable* previous_ = nullptr;
    Cancellable* next_ = nullptr;
};

/// One piece of work, on one shard. Cancelling is final; a child scope joins its parent and is
/// cancelled with it, for the same reason.
class CancelScope : public Cancellable {
public:
    CancelScope() = default;
    explicit CancelScope(CancelScope* parent) : parent_(parent) { join(parent); }
    ~CancelScope() override;

    void cancel(Error reason = {ECANCELED});
    bool cancelled() const { return reason_.code != 0; }
    Error reason() const { return reason_; }  // ETIMEDOUT after a Deadline, otherwise ECANCELED

protected:
    void on_cancel() override;

private:
    friend Cancellable;
    CancelScope* parent_ = nullptr;
    Cancellable* members_ = nullptr;
    Error reason_{};
};

/// Cancels `to` when `from` is cancelled, which is not its parent.
class CancelLink final : Cancellable {
public:
    CancelLink(CancelScope& from, CancelScope& to) : to_(to) { join(&from); }

private:
    void on_cancel() override { to_.cancel(); }
    CancelScope& to_;
};

/// Cancels a scope with ETIMEDOUT once its time is there; restart it to push the time out.
class Deadline final : public Timer {
public:
    explicit Deadline(CancelScope& scope) : scope_(scope) {}

protected:
    void on_timer() override { scope_.cancel({ETIMEDOUT}); }

private:
    CancelScope& scope_;
};

}  // namespace sluice::io
