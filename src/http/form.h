// application/x-www-form-urlencoded: bodies of OAuth requests and queries (RFC 6749 appendix B).
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/pooled_text.h"
#include "http/parse_error.h"

namespace sluice::http {

/// The parameters of a body or query. Reused by parse(), which keeps capacity; where nothing is
/// escaped, values are views into the text.
class Form {
public:
    static constexpr std::size_t parameters_max = 128;  // empty ones ("&&") included

    struct Parameter {
        std::string_view name;   // decoded
        std::string_view value;  // decoded
    };

    Form() = default;
    Form(const Form&) = delete;  // views into itself
    Form& operator=(const Form&) = delete;

    /// `text` must live as long as what is read from here. Errors, all 400: a broken escape, a
    /// control character, a NUL even when escaped, a parameter without name, too many parameters.
    ParseResult<> parse(std::string_view text);

    /// The first of that name.
    std::optional<std::string_view> get(std::string_view name) const;
    std::size_t count(std::string_view name) const;
    /// The name of a parameter that stands more than once, which OAuth forbids (RFC 6749 §3.1,
    /// §3.2).
    std::optional<std::string_view> repeated() const;
    std::span<const Parameter> parameters() const {
        return many_.empty() ? std::span(few_).first(count_) : std::span(many_);
    }

private:
    void append(const Parameter& parameter);
    ParseResult<> add(std::string_view pair);
    ParseResult<std::string_view> decode(std::string_view text);

    std::array<Parameter, 8> few_;  // the first count_
    std::vector<Parameter> many_;   // all of them, once there are more than fit in few_
    std::size_t count_ = 0;
    PooledText decoded_;  // never grows while parsing: its parts are pointed at
};

/// Appends `text` in this encoding; a blank becomes '+'.
void append_form_encoded(std::string& out, std::string_view text);

/// Appends "name=value", with '&' ahead where `out` already ends in a parameter: not where it is
/// empty or ends in '?' or '&'.
void append_form_parameter(std::string& out, std::string_view name, std::string_view value);

}  // namespace sluice::http
