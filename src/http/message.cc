// Field look-up in requests and responses.
#include "http/message.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/check.h"
#include "http/fields.h"

namespace sluice::http {
namespace {

void append_field(std::string& block, std::string_view name, std::string_view value) {
    CHECK(is_token(name), name);
    CHECK(is_field_value(value), name);
    CHECK(!is_framing_field(name), name);
    block.append(name).append(": ").append(value).append("\r\n");
}

// Calls `visit` with each field of a serialised block; stops where it says so.
template <class RequestContext>
void for_each_line(std::string_view block, RequestContext visit) {
    while (!block.empty()) {
        const std::size_t end = block.find("\r\n");
        const std::string_view line = block.substr(0, end);
        const std::size_t colon = line.find(':');
        CHECK(end != std::string_view::npos && colon + 2 <= line.size(), "a block has whole lines");
        if (!visit(Field{line.substr(0, colon), line.substr(colon + 2)})) return;
        block.remove_prefix(end + 2);
    }
}

}  // namespace

std::optional<std::string_view> find_field(std::span<const Field> fields, std::string_view name) {
    for (const Field& field : fields) {
        if (equal_ignoring_case(field.name, name)) return field.value;
    }
    return std::nullopt;
}

std::size_t Request::field_count(std::string_view name) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        fields_, [&](const Field& field) { return equal_ignoring_case(field.name, name); }));
}

FieldBlock::FieldBlock(std::initializer_list<Field> fields) {
    for (const auto& [name, value] : fields) append_field(text_, name, value);
}

void Response::add_field(std::string_view name, std::string_view value) {
    append_field(fields_, name, value);
}

std::optional<std::string_view> Response::field(std::string_view name) const {
    std::optional<std::string_view> found;
    for_each_line(fields_, [&](const Field& field) {
        if (equal_ignoring_case(field.name, name)) found = field.value;
        return !found;
    });
    return found;
}

std::size_t Response::field_count(std::string_view name) const {
    std::size_t count = 0;
    for_each_line(fields_, [&](const Field& field) {
        count += equal_ignoring_case(field.name, name) ? 1 : 0;
        return true;
    });
    return count;
}

}  // namespace sluice::http
