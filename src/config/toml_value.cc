#include "config/toml_value.h"

#include <cmath>
#include <optional>

namespace sluice::config {
namespace {

constexpr const char* text_wanted = "has to be a string in quotes";

template <class Parsed>
const char* read_quantity(const toml::node& node, Parsed& target,
                          std::optional<Parsed> (*parse)(std::string_view), const char* wanted) {
    const auto text = node.value_exact<std::string_view>();
    const auto parsed = text ? parse(*text) : std::nullopt;
    if (!parsed) return wanted;
    target = *parsed;
    return nullptr;
}

}  // namespace

const char* read_toml_value(const toml::node& node, std::string& target) {
    const auto text = node.value_exact<std::string>();
    if (!text) return text_wanted;
    if (text->find('\0') != std::string::npos) return "must not contain a NUL character";
    target = *text;
    return nullptr;
}

const char* read_toml_value(const toml::node& node, Secret& target) {
    std::string text;
    const char* wanted = read_toml_value(node, text);
    if (!wanted) target = Secret(std::move(text));
    return wanted;
}

const char* read_toml_value(const toml::node& node, bool& target) {
    const auto truth = node.value_exact<bool>();
    if (!truth) return "has to be true or false, without quotes";
    target = *truth;
    return nullptr;
}

const char* read_toml_value(const toml::node& node, std::int64_t& target) {
    const auto number = node.value_exact<std::int64_t>();
    if (!number) return "has to be a whole number, without quotes";
    target = *number;
    return nullptr;
}

const char* read_toml_value(const toml::node& node, double& target) {
    const auto number = node.is_number() ? node.value<double>() : std::nullopt;
    if (!number || !std::isfinite(*number)) return "has to be a number, without quotes";
    target = *number;
    return nullptr;
}

const char* read_toml_value(const toml::node& node, Amount& target) {
    const bool infinite = node.value_exact<std::string_view>() == "inf" ||
                          node.value_exact<double>() == std::numeric_limits<double>::infinity();
    if (infinite) {
        target.value = std::numeric_limits<double>::infinity();
        return nullptr;
    }
    return read_toml_value(node, target.value) ? "has to be a number without quotes, or \"inf\""
                                               : nullptr;
}

const char* read_toml_value(const toml::node& node, Duration& target) {
    return read_quantity(node, target, &parse_duration,
                         "has to be a duration: a string of a whole number and ms, s, m, h or d, "
                         "like \"250ms\" or \"10s\"");
}

const char* read_toml_value(const toml::node& node, Bytes& target) {
    return read_quantity(
        node, target, &parse_bytes,
        "has to be a size: a string of a whole number and B, KiB, MiB or GiB, like \"32KiB\"");
}

std::string describe_syntax_error(std::string_view description) {
    std::string text = "the file is not valid TOML: ";
    if (description.find("is not representable") != std::string_view::npos) {
        return text + "a number does not fit into 64 bits; a string is written in quotes";
    }
    text += description;
    if (description.find("parsing value") != std::string_view::npos) {
        text += "; a string is written in quotes";
    }
    return text;
}

}  // namespace sluice::config
