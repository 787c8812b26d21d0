// HTML writer, with escaping against XSS.
#pragma once

#include <string>
#include <string_view>

namespace sluice::oauth {

/// Appends `text` so that it is text, in an element and in a quoted attribute alike.
void append_escaped(std::string& html, std::string_view text);

/// `template_text` with each "{}" replaced by the next of `values`, escaped.
template <class... Values>
void append_html(std::string& html, std::string_view template_text, const Values&... values) {
    const auto next = [&](std::string_view value) {
        const std::size_t at = template_text.find("{}");
        html.append(template_text.substr(0, at));
        template_text.remove_prefix(at + 2);
        append_escaped(html, value);
    };
    (next(values), ...);
    html.append(template_text);
}

}  // namespace sluice::oauth
