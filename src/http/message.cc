// Field look-up in requests.
#include "http/message.h"

#include <algorithm>

#include "base/ascii.h"

namespace sluice::http {

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

}  // namespace sluice::http
