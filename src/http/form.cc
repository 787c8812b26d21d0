// Decoding and encoding forms.
#include "http/form.h"

#include <algorithm>

#include "base/check.h"
#include "http/uri_chars.h"

namespace sluice::http {
namespace {

bool needs_decoding(std::string_view text) {
    return text.find_first_of("%+") != std::string_view::npos;
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

ParseResult<> Form::parse(std::string_view text) {
    many_.clear();
    count_ = 0;
    decoded_.clear();
    if (has_control(text)) return bad_request("The parameters contain a control character.");
    if (needs_decoding(text)) decoded_.reserve(text.size());
    std::size_t pairs = 0;
    while (!text.empty()) {
        if (++pairs > parameters_max) return bad_request("There are too many parameters.");
        const std::size_t end = std::min(text.find('&'), text.size());
        if (end > 0) REQUIRE(add(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return {};
}

ParseResult<> Form::add(std::string_view pair) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    TRY(const std::string_view name, decode(pair.substr(0, equals)));
    if (name.empty()) return bad_request("A parameter has no name.");
    TRY(const std::string_view value, decode(pair.substr(std::min(equals + 1, pair.size()))));
    append({name, value});
    return {};
}

void Form::append(const Parameter& parameter) {
    if (count_ < few_.size()) {
        few_[count_] = parameter;
    } else {
        if (many_.empty()) many_.assign(few_.begin(), few_.end());
        many_.push_back(parameter);
    }
    ++count_;
    CHECK(many_.empty() || many_.size() == count_);
}

ParseResult<std::string_view> Form::decode(std::string_view text) {
    if (!needs_decoding(text)) return text;
    const std::size_t begin = decoded_.size();
    const char* const memory = decoded_.data();
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '+') {
            decoded_ += ' ';
        } else if (text[at] == '%') {
            const std::optional<char> byte = percent_decode(text, at);
            if (!byte) return bad_request("A parameter has an invalid percent-encoding.");
            if (*byte == '\0') return bad_request("A parameter contains a NUL.");
            decoded_ += *byte;
            at += 2;
        } else {
            decoded_ += text[at];
        }
    }
    CHECK(decoded_.data() == memory, "what was decoded before points into it");
    return std::string_view(decoded_).substr(begin);
}

std::optional<std::string_view> Form::get(std::string_view name) const {
    const auto all = parameters();
    const auto found = std::ranges::find(all, name, &Parameter::name);
    if (found == all.end()) return std::nullopt;
    return found->value;
}

std::size_t Form::count(std::string_view name) const {
    return static_cast<std::size_t>(std::ranges::count(parameters(), name, &Parameter::name));
}

std::optional<std::string_view> Form::repeated() const {
    const auto all = parameters();
    for (std::size_t i = 1; i < all.size(); ++i) {
        const auto before = all.first(i);
        if (std::ranges::find(before, all[i].name, &Parameter::name) != before.end()) {
            return all[i].name;
        }
    }
    return std::nullopt;
}

void append_form_encoded(std::string& out, std::string_view text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (is_unreserved(c)) {
            out += c;
        } else if (c == ' ') {
            out += '+';
        } else {
            out += '%';
            out += upper_hex[byte >> 4];
            out += upper_hex[byte & 15];
        }
    }
}

void append_form_parameter(std::string& out, std::string_view name, std::string_view value) {
    if (!out.empty() && out.back() != '?' && out.back() != '&') out += '&';
    append_form_encoded(out, name);
    out += '=';
    append_form_encoded(out, value);
}

}  // namespace sluice::http
