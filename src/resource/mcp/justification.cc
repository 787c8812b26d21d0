// Trimming and cutting a reason.
#include "resource/mcp/justification.h"

#include "base/check.h"

namespace sluice::resource {
namespace {

bool is_blank(char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
}

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

}  // namespace

std::string_view trim_justification(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    if (text.size() > justification_bytes_max) {
        std::size_t end = justification_bytes_max;
        while (end > 0 && continues_character(text[end])) --end;
        text = text.substr(0, end);
    }
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    CHECK(text.size() <= justification_bytes_max);
    return text;
}

}  // namespace sluice::resource
