#include "simulate/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <numeric>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/json.h"
#include "base/result.h"

namespace sluice::simulate {
namespace {

constexpr std::string_view nobody = "client";  // where a call tells no client

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
    int value = 0;
    if (at + count > text.size()) return std::nullopt;
    const char* const end = text.data() + at + count;
    const auto [stop, error] = std::from_chars(text.data() + at, end, value);
    if (error != std::errc() || stop != end || value < 0) return std::nullopt;
    return value;
}

/// Seconds since 1970 of RFC 3339 §5.6: "2026-11-21T13:05:00.250Z", "2026-11-21T14:05:00+01:00".
std::optional<double> parse_timestamp(std::string_view text) {
    const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
    const auto hour = digits(text, 11, 2), minute = digits(text, 14, 2),
               second = digits(text, 17, 2);
    if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
    const std::chrono::year_month_day date(std::chrono::year(*year),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day)));
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    double seconds =
        static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count()) * 86400 +
        *hour * 3600 + *minute * 60 + *second;
    text.remove_prefix(19);
    if (text.starts_with('.')) {
        const std::size_t end = std::min(text.find_first_not_of("0123456789", 1), text.size());
        double fraction = 0;
        std::from_chars(text.data(), text.data() + end, fraction);
        seconds += fraction;
        text.remove_prefix(end);
    }
    if (text == "Z" || text == "z") return seconds;
    const auto hours = digits(text, 1, 2), minutes = digits(text, 4, 2);
    if (text.size() != 6 || !hours || !minutes || text[3] != ':') return std::nullopt;
    if (text[0] != '+' && text[0] != '-') return std::nullopt;
    return seconds - (text[0] == '-' ? -1 : 1) * (*hours * 3600.0 + *minutes * 60.0);
}

/// Gives each text a number, in the order of their first appearance.
class Names {
public:
    std::uint32_t number(std::string_view name) {
        const auto [at, added] =
            numbers_.try_emplace(std::string(name), static_cast<std::uint32_t>(names_.size()));
        if (added) names_.emplace_back(name);
        return at->second;
    }
    std::vector<std::string> take() { return std::move(names_); }

private:
    std::unordered_map<std::string, std::uint32_t> numbers_;
    std::vector<std::string> names_;
};

using Read = std::expected<void, std::string>;

class Reader {
public:
    explicit Reader(std::string_view resource) : resource_(resource) {}

    Read read_line(const JsonValue& line) {
        if (!line.is_object()) return failure(std::string("is not a JSON object"));
        const auto event = line.find_string("event_type");
        if (event && *event != "friction") return {};
        const auto resource = line.find_string("resource");
        if (resource && *resource != resource_) return {};
        TRY(const double at, time_of(line, "time"));
        const auto tool = line.find_string(event ? "tool_name" : "tool");
        if (!tool || tool->empty())
            return failure(std::string("\"tool\" is missing, or not a string"));
        add(at, event ? logged_client(line) : client_of(line), *tool, has_reason(line));
        return {};
    }

    Read read_vector(const JsonValue& vector) {
        const auto steps = vector.find("steps");
        for (const JsonValue& step : steps->elements()) {
            if (step.find_string("op") == "check") continue;  // looked at, not called
            TRY(const double at, time_of(step, "t"));
            const auto tool = step.find_string("tool");
            if (!tool) return failure(std::string("a step has no \"tool\""));
            add(at, client_of(step), *tool, false);
        }
        return {};
    }

    std::expected<Trace, TraceError> take() {
        if (calls_.empty()) return failure(TraceError{0, "holds no call"});
        // Calls of the same time stay as they were written.
        std::vector<std::size_t> order(calls_.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(calls_[i].at, i); });
        Trace trace{clients_.take(), tools_.take(), {}};
        for (const std::size_t i : order) {
            trace.calls.push_back(calls_[i]);
            trace.calls.back().at -= calls_[order.front()].at;
        }
        return trace;
    }

private:
    static std::expected<double, std::string> time_of(const JsonValue& line, std::string_view key) {
        const auto value = line.find(key);
        if (!value) return failure(fmt::format("\"{}\" is missing", key));
        if (const auto number = value->number()) return *number;
        if (const auto text = value->string()) {
            if (const auto seconds = parse_timestamp(*text)) return *seconds;
        }
        return failure(
            fmt::format("\"{}\" is neither a number of seconds nor an RFC 3339 time", key));
    }

    static std::string client_of(const JsonValue& line) {
        return std::string(line.find_string("client").value_or(nobody));
    }
    static std::string logged_client(const JsonValue& line) {
        const std::string_view client = line.find_string("client_id").value_or(nobody);
        const std::string_view subject = line.find_string("subject").value_or("");
        if (subject.empty() || subject == client) return std::string(client);
        return fmt::format("{} {}", client, subject);
    }

    static bool has_reason(const JsonValue& line) {
        const auto reason = line.find("justification");
        if (!reason) return false;
        return reason->boolean().value_or(!reason->string().value_or("").empty());
    }

    void add(double at, const std::string& client, std::string_view tool, bool has_reason) {
        calls_.push_back({at, clients_.number(client), tools_.number(tool), has_reason});
    }

    std::string_view resource_;
    Names clients_;
    Names tools_;
    std::vector<TraceCall> calls_;
};

bool is_blank(std::string_view line) {
    return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

std::expected<Trace, TraceError> read_trace(std::string_view text, std::string_view resource) {
    Reader reader(resource);
    if (const auto whole = JsonDocument::parse(text); whole && whole->root().find("steps")) {
        if (const Read read = reader.read_vector(whole->root()); !read) {
            return failure(TraceError{0, read.error()});
        }
        return reader.take();
    }
    std::size_t number = 0;
    while (!text.empty()) {
        ++number;
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (is_blank(line)) continue;
        const auto document = JsonDocument::parse(line);
        if (!document) {
            return failure(TraceError{number, fmt::format("{}", document.error().reason)});
        }
        if (const Read read = reader.read_line(document->root()); !read) {
            return failure(TraceError{number, read.error()});
        }
    }
    return reader.take();
}

}  // namespace sluice::simulate
