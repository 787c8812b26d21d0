// Adding fields, and reading them again.
#include "http/field_list.h"

#include "base/ascii.h"
#include "base/check.h"
#include "http/fields.h"

namespace sluice::http {

FieldList::FieldList(std::initializer_list<Field> fields) {
    for (const auto& [name, value] : fields) add(name, value);
}

void FieldList::add(std::string_view name, std::string_view value) {
    CHECK(is_token(name), name);
    CHECK(is_field_value(value), name);
    CHECK(!is_framing_field(name), name);
    text_.append(name).append(": ").append(value).append("\r\n");
}

std::optional<std::string_view> FieldList::find(std::string_view name) const {
    for (const Field field : *this) {
        if (equal_ignoring_case(field.name, name)) return field.value;
    }
    return std::nullopt;
}

std::size_t FieldList::count(std::string_view name) const {
    std::size_t count = 0;
    for (const Field field : *this) count += equal_ignoring_case(field.name, name) ? 1 : 0;
    return count;
}

Field FieldList::Iterator::operator*() const {
    const std::string_view line = rest_.substr(0, line_size_);
    const std::size_t colon = line.find(':');
    CHECK(colon != std::string_view::npos, "a line has a name");
    CHECK(line.size() + 2 <= rest_.size(), "the text has whole lines");
    return {line.substr(0, colon), line.substr(colon + 2)};
}

}  // namespace sluice::http
