#include "oauth/user_code.h"

namespace sluice::oauth {
namespace {

constexpr std::size_t code_size = 8;  // without the hyphen

constexpr char to_upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

constexpr bool separates(char c) {
    return c == '-' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

std::string normalize_user_code(std::string_view typed) {
    std::string code;
    for (const char c : typed) {
        if (!separates(c)) code += to_upper(c);
    }
    if (code.size() == code_size) code.insert(code_size / 2, 1, '-');
    return code;
}

}  // namespace sluice::oauth
