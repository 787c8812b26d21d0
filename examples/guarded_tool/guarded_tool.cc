// guarded_tool: a tool that deletes notes, guarded by friction, and an agent that goes too far.
#include <chrono>
#include <iostream>
#include <set>

#include "friction/guarded.h"

namespace friction = sluice::friction;

namespace {

/// What a server asks for is checked once, at its start.
friction::FrictionConfig config() {
    auto valid = friction::validate({.warmup_calls = 10, .tools = {{"delete_note", 0.10}}});
    if (valid) return *std::move(valid);
    for (const auto& [key, text] : valid.error()) std::cerr << key << ' ' << text << '\n';
    std::exit(1);
}

}  // namespace

int main() {
    std::set<int> notes;
    for (int id = 0; id < 1000; ++id) notes.insert(id);

    // The three lines: a guard for the server, and a wrapper around each tool.
    sluice::ManualClock clock;  // so that this program need not wait; a server leaves it out
    friction::ToolGuard guard(config(), {.clock = &clock});
    const auto delete_note = friction::friction_controlled(
        guard, "delete_note", [&](int id) { return notes.erase(id) == 1; });
    const auto read_note =
        friction::record_tool_call(guard, "read_note", [&](int id) { return notes.contains(id); });

    // An agent that reads nineteen notes for one that it deletes never notices.
    int id = 0;
    for (int call = 1; call <= 200; ++call, clock.advance(std::chrono::seconds{1})) {
        if (call % 20 != 0) {
            read_note("issuer|agent-1|ann", id);
        } else if (!delete_note("issuer|agent-1|ann", id++)) {
            std::cout << "calm agent: refused\n";
        }
    }
    std::cout << "calm agent: " << id << " notes deleted, none refused\n";

    // One that does nothing else is refused, and told when to come back.
    int deleted = 0;
    auto done = delete_note("issuer|agent-2|bob", id);
    for (; done; done = delete_note("issuer|agent-2|bob", ++id)) ++deleted;
    const friction::Refusal& refusal = done.error();
    std::cout << "looping agent: " << deleted << " notes deleted, then: " << refusal.message()
              << ", level " << friction::level_name(refusal.level()) << ", again in "
              << refusal.retry_after().count() << " s\n";

    // The other goes on; the first is heard again once it has waited.
    std::cout << "calm agent: " << (delete_note("issuer|agent-1|ann", ++id) ? "passes" : "refused")
              << " meanwhile\n";
    clock.advance(refusal.retry_after());
    std::cout << "looping agent: "
              << (delete_note("issuer|agent-2|bob", ++id) ? "passes" : "refused")
              << " after its wait\n";
}
