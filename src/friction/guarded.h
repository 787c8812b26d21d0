// Decorator of a tool of one's own server: the callable that runs it, guarded once.
//
//   friction::ToolGuard guard(*friction::validate({.tools = {{"delete_note", 0.03}}}));
//   auto delete_note = friction::friction_controlled(guard, "delete_note", remove_from_disk);
//   auto done = delete_note(client, id);  // a std::expected: the tool's result, or a Refusal
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

#include "friction/tool_guard.h"

namespace sluice::friction {

/// A tool that meets friction. Calling it asks the guard for the caller and the tool first: a call
/// that passes is counted, waits where the tool's mode is delay, and runs; else there is a Refusal
/// and nothing was run. A call counts also if the tool then fails or throws.
///
/// As safe to call from several threads as the wrapped callable is. Refers to the guard, which
/// outlives it.
template <class Tool>
class FrictionControlled {
public:
    FrictionControlled(ToolGuard& guard, std::string name, Tool tool)
        : guard_(&guard), name_(std::move(name)), tool_(std::move(tool)) {}

    template <class... Args>
    auto operator()(const Caller& caller, Args&&... args) const
        -> std::expected<std::remove_cvref_t<std::invoke_result_t<const Tool&, Args...>>, Refusal> {
        if (auto admitted = guard_->admit(caller, name_); !admitted) {
            return std::unexpected(std::move(admitted).error());
        }
        if constexpr (std::is_void_v<std::invoke_result_t<const Tool&, Args...>>) {
            std::invoke(tool_, std::forward<Args>(args)...);
            return {};
        } else {
            return std::invoke(tool_, std::forward<Args>(args)...);
        }
    }

private:
    ToolGuard* guard_;
    std::string name_;
    Tool tool_;
};

/// A tool without friction of its own whose calls count for the shares of the others: without them
/// a guarded tool would look like all that a client does. Never refused, never delayed.
template <class Tool>
class RecordedTool {
public:
    RecordedTool(ToolGuard& guard, std::string name, Tool tool)
        : guard_(&guard), name_(std::move(name)), tool_(std::move(tool)) {}

    template <class... Args>
    decltype(auto) operator()(const Caller& caller, Args&&... args) const {
        guard_->record(caller, name_);
        return std::invoke(tool_, std::forward<Args>(args)...);
    }

private:
    ToolGuard* guard_;
    std::string name_;
    Tool tool_;
};

/// name  As in the configuration; a tool that it does not have passes always.
template <class Tool>
FrictionControlled<std::decay_t<Tool>> friction_controlled(ToolGuard& guard, std::string name,
                                                           Tool&& tool) {
    return {guard, std::move(name), std::forward<Tool>(tool)};
}

template <class Tool>
RecordedTool<std::decay_t<Tool>> record_tool_call(ToolGuard& guard, std::string name, Tool&& tool) {
    return {guard, std::move(name), std::forward<Tool>(tool)};
}

}  // namespace sluice::friction
