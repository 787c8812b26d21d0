// Style sheet of the pages, and its hash for the Content-Security-Policy that lets no other run.
#pragma once

#include <string>
#include <string_view>

namespace sluice::oauth {

struct PageStyle {
    std::string_view css;
    std::string source;  // "'sha256-...'": the CSP source expression of exactly this text
};

PageStyle make_page_style();

}  // namespace sluice::oauth
