// Adding up, and the text for Prometheus.
#include "metrics/resource_numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>

#include "base/check.h"

namespace sluice::metrics {
namespace {

/// A label's value (exposition format 0.0.4): backslash, quote and line end are escaped.
std::string label(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == '"') out += '\\';
        if (c == '\n') {
            out += "\\n";
        } else {
            out += c;
        }
    }
    return out;
}

class Families {
public:
    Families(std::string& out, const resource::Settings& settings,
             const std::vector<ResourceNumbers>& numbers)
        : out_(out), settings_(settings), numbers_(numbers) {}

    /// One sample for each resource.
    template <class Value>
    void per_resource(std::string_view name, std::string_view kind, std::string_view help,
                      Value value) {
        append_family(out_, name, kind, help);
        for (std::size_t i = 0; i < numbers_.size(); ++i) {
            fmt::format_to(std::back_inserter(out_), "{}{{resource=\"{}\"}} {}\n", name, path(i),
                           value(numbers_[i]));
        }
    }

    /// `sample(labels, resource, tool)` for each tool that has friction.
    template <class Sample>
    void per_tool(std::string_view name, std::string_view kind, std::string_view help,
                  Sample sample) {
        append_family(out_, name, kind, help);
        for (std::size_t i = 0; i < numbers_.size(); ++i) {
            for (std::size_t tool = 0; tool < numbers_[i].tools.size(); ++tool) {
                const auto& policy = settings_.resources[i].friction->tools()[tool];
                sample(fmt::format("{}{{resource=\"{}\",tool=\"{}\"", name, path(i),
                                   label(policy.name)),
                       i, tool);
            }
        }
    }

    template <class Value>
    void tool_gauge(std::string_view name, std::string_view help, Value value) {
        per_tool(name, "gauge", help,
                 [&](const std::string& start, std::size_t i, std::size_t tool) {
                     fmt::format_to(std::back_inserter(out_), "{}}} {}\n", start, value(i, tool));
                 });
    }

    void calls() {
        per_tool("sluice_tool_calls_total", "counter", "Calls of tools with friction, by outcome.",
                 [&](const std::string& start, std::size_t i, std::size_t tool) {
                     for (std::size_t outcome = 0; outcome < call_outcomes; ++outcome) {
                         fmt::format_to(std::back_inserter(out_), "{},outcome=\"{}\"}} {}\n", start,
                                        call_outcome_names[outcome],
                                        numbers_[i].tools[tool].calls[outcome]);
                     }
                 });
    }

    void strangers() {
        append_family(out_, "sluice_unverified_requests_total", "counter",
                      "Requests without a valid token, by outcome.");
        for (std::size_t i = 0; i < numbers_.size(); ++i) {
            for (std::size_t outcome = 0; outcome < unauthenticated_outcomes; ++outcome) {
                fmt::format_to(
                    std::back_inserter(out_),
                    "sluice_unverified_requests_total{{resource=\"{}\",outcome=\"{}\"}} {}\n",
                    path(i), unauthenticated_outcome_names[outcome],
                    numbers_[i].strangers[outcome]);
            }
        }
    }

    void requests() {
        append_family(out_, "sluice_resource_requests_total", "counter",
                      "Requests to a resource, by the class of their status.");
        for (std::size_t i = 0; i < numbers_.size(); ++i) {
            for (std::size_t group = 0; group < status_class_names.size(); ++group) {
                fmt::format_to(
                    std::back_inserter(out_),
                    "sluice_resource_requests_total{{resource=\"{}\",status=\"{}\"}} {}\n", path(i),
                    status_class_names[group], numbers_[i].requests.by_status_class[group]);
            }
        }
        append_family(out_, "sluice_resource_request_duration_seconds", "histogram",
                      "Time that requests to a resource took, with delays by friction.");
        for (std::size_t i = 0; i < numbers_.size(); ++i) {
            append_histogram(out_, "sluice_resource_request_duration_seconds",
                             fmt::format("resource=\"{}\"", path(i)), numbers_[i].requests);
        }
    }

private:
    std::string path(std::size_t i) const { return label(settings_.resources[i].path); }

    std::string& out_;
    const resource::Settings& settings_;
    const std::vector<ResourceNumbers>& numbers_;
};

}  // namespace

std::uint64_t request_count(const Counters::PerRoute& requests) {
    return std::accumulate(requests.by_status_class.begin(), requests.by_status_class.end(),
                           std::uint64_t{0});
}

ResourceNumbers& ResourceNumbers::operator+=(const ResourceNumbers& other) {
    requests += other.requests;
    std::ranges::transform(strangers, other.strangers, strangers.begin(), std::plus{});
    other_calls += other.other_calls;
    recent_passed += other.recent_passed;
    clients += other.clients;
    tool_changes += other.tool_changes;
    CHECK(tools.empty() || tools.size() == other.tools.size(), "numbers of another resource");
    tools.resize(std::max(tools.size(), other.tools.size()));
    for (std::size_t i = 0; i < other.tools.size(); ++i) {
        const ToolNumbers& theirs = other.tools[i];
        std::ranges::transform(tools[i].calls, theirs.calls, tools[i].calls.begin(), std::plus{});
        tools[i].recent_passed += theirs.recent_passed;
        tools[i].recent_friction_max =
            std::max(tools[i].recent_friction_max, theirs.recent_friction_max);
    }
    return *this;
}

double ResourceNumbers::share(std::size_t tool) const {
    CHECK(tool < tools.size() && tools[tool].recent_passed <= recent_passed);
    if (recent_passed == 0) return 0;
    return static_cast<double>(tools[tool].recent_passed) / static_cast<double>(recent_passed);
}

void append_prometheus(std::string& out, const resource::Settings& settings,
                       const std::vector<ResourceNumbers>& numbers) {
    if (numbers.empty()) return;
    CHECK(numbers.size() == settings.resources.size(), "one of each resource");
    Families families(out, settings, numbers);
    families.requests();
    families.strangers();
    families.calls();
    families.per_resource("sluice_other_tool_calls_total", "counter",
                          "Calls of tools without friction, where others have some.",
                          [](const ResourceNumbers& of) { return of.other_calls; });
    families.tool_gauge("sluice_tool_rate",
                        "The tool's share of the resource's tool calls in the last minute.",
                        [&](std::size_t i, std::size_t tool) { return numbers[i].share(tool); });
    families.tool_gauge("sluice_tool_target_rate", "The tool's target_rate.",
                        [&](std::size_t i, std::size_t tool) {
                            return settings.resources[i].friction->tools()[tool].target_rate;
                        });
    families.tool_gauge("sluice_tool_friction_max",
                        "The highest friction that a call of the tool met in the last minute.",
                        [&](std::size_t i, std::size_t tool) {
                            return numbers[i].tools[tool].recent_friction_max;
                        });
    families.per_resource("sluice_friction_clients", "gauge",
                          "Clients whose friction is remembered.",
                          [](const ResourceNumbers& of) { return of.clients; });
    families.per_resource("sluice_tool_changes", "gauge",
                          "Tools whose changed definition nobody has acknowledged.",
                          [](const ResourceNumbers& of) { return of.tool_changes; });
}

}  // namespace sluice::metrics
