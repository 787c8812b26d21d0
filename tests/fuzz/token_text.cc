// Tokens: what is taken for one of ours has its form to the last bit, and no other text has its
// meaning.
#include "token/token_text.h"

#include <string>

#include "base/check.h"
#include "crypto/base64url.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sluice;
    using token::TokenKind;
    const std::string_view input = fuzz::text_of(data, size);
    const auto head = token::parse_token(input);
    for (const TokenKind kind : {TokenKind::access, TokenKind::refresh,
                                 TokenKind::authorization_code, TokenKind::session}) {
        const auto tag = token::parse_token(input, kind);
        CHECK(tag.has_value() == (head && head->kind == kind), input);
        CHECK(!tag || *tag == head->tag, input);
    }
    if (!head) return 0;
    CHECK(input.size() == token::TokenText::size && input[0] == 's' && input[3] == '_', input);
    const auto tag = crypto::decode_base64url(input.substr(4, 8));
    const auto secret = crypto::decode_base64url(input.substr(12));
    CHECK(tag && tag->size() == 6 && secret && secret->size() == 32, input);
    std::uint64_t value = 0;
    for (const char c : *tag) value = value << 8 | static_cast<unsigned char>(c);
    CHECK(head->tag.value() == value, input);
    CHECK(!token::parse_token(input.substr(1)) && !token::parse_token(std::string(input) + "A"));
    return 0;
}
