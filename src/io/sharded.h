// Sharded service: one instance on every shard, and calls from one shard to another's.
#pragma once

#include <coroutine>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/check.h"
#include "io/shard.h"
#include "io/task.h"

namespace sluice::io {

/// A call that travels: there on one message, back on the same one. It lives in the awaiting frame.
template <class Service, class Function>
class CrossCall final : private Message {
public:
    using Value = std::invoke_result_t<Function&, Service&>;
    static_assert(!std::is_reference_v<Value>, "what belongs to another shard stays there");

    CrossCall(Shard& from, unsigned owner, Service& service, Function function)
        : from_(from), owner_(owner), service_(service), function_(std::move(function)) {}

    bool await_ready() {
        if (owner_ != from_.index()) return false;
        run();
        return true;
    }
    void await_suspend(std::coroutine_handle<> awaiting) {
        awaiting_ = awaiting;
        from_.post(owner_, *this);
    }
    Value await_resume() {
        if constexpr (!std::is_void_v<Value>) {
            CHECK(value_.has_value(), "resumed before the owner has answered");
            return *std::move(value_);
        }
    }

private:
    void deliver(Shard& at) override {
        if (&at == &from_) return from_.make_ready(awaiting_);
        CHECK(at.index() == owner_);
        run();
        at.post(from_.index(), *this);
    }
    void run() {
        if constexpr (std::is_void_v<Value>) {
            function_(service_);
        } else {
            value_.emplace(function_(service_));
        }
    }

    struct Nothing {};
    Shard& from_;
    unsigned owner_;
    Service& service_;
    Function function_;
    std::coroutine_handle<> awaiting_;
    std::conditional_t<std::is_void_v<Value>, Nothing, std::optional<Value>> value_;
};

/// A call that takes a while: `function(Service&)` is a coroutine on the owner's shard. It lives in
/// the awaiting frame.
template <class Service, class Function>
class CrossTask final : private Message {
public:
    using Value = TaskValue<std::invoke_result_t<Function&, Service&>>;

    CrossTask(Shard& from, unsigned owner, Service& service, Function& function)
        : from_(from), owner_(owner), service_(service), function_(function) {}

    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> awaiting) {
        awaiting_ = awaiting;
        from_.post(owner_, *this);
    }
    Value await_resume() {
        if constexpr (!std::is_void_v<Value>) {
            CHECK(value_.has_value(), "resumed before the owner has answered");
            return *std::move(value_);
        }
    }

private:
    void deliver(Shard& at) override {
        if (&at == &from_) return from_.make_ready(awaiting_);
        CHECK(at.index() == owner_);
        run(*this, at);
    }
    static detail::Detached run(CrossTask& call, Shard& at) {
        if constexpr (std::is_void_v<Value>) {
            co_await call.function_(call.service_);
        } else {
            call.value_.emplace(co_await call.function_(call.service_));
        }
        at.post(call.from_.index(), call);
    }

    struct Nothing {};
    Shard& from_;
    unsigned owner_;
    Service& service_;
    Function& function_;
    std::coroutine_handle<> awaiting_;
    std::conditional_t<std::is_void_v<Value>, Nothing, std::optional<Value>> value_;
};

/// Where each shard's instance is; filled before the shards run. `Service` is only touched on its
/// own shard.
template <class Service>
class Sharded {
public:
    void set(unsigned shard, Service& service) {
        if (instances_.size() <= shard) instances_.resize(shard + 1, nullptr);
        CHECK(instances_[shard] == nullptr, "a shard has one instance");
        instances_[shard] = &service;
    }
    unsigned count() const { return static_cast<unsigned>(instances_.size()); }

    /// `co_await services.call(here, owner, function)`: runs the synchronous `function(Service&)`
    /// on `owner` and gives its value, which must own all it refers to. Runs inline where owner is
    /// `here`.
    template <class Function>
    CrossCall<Service, Function> call(Shard& here, unsigned owner, Function function) const {
        return {here, owner, at(owner), std::move(function)};
    }

    /// The same for a `function(Service&)` that gives a Task and may wait on the owner's shard.
    /// What it is given to refer to lives until the returned task ends.
    template <class Function>
    std::invoke_result_t<Function&, Service&> run(Shard& here, unsigned owner,
                                                  Function function) const {
        Service& service = at(owner);
        if (owner == here.index()) co_return co_await function(service);
        co_return co_await CrossTask<Service, Function>(here, owner, service, function);
    }

private:
    Service& at(unsigned owner) const {
        CHECK(owner < instances_.size() && instances_[owner] != nullptr, "nobody is there yet");
        return *instances_[owner];
    }

    std::vector<Service*> instances_;
};

}  // namespace sluice::io
