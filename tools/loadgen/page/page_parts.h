// The parts of the HTML report, from the files of this folder.
#pragma once

#include <string_view>

namespace sluice::loadgen {

extern const std::string_view page_html;
extern const std::string_view page_css;
extern const std::string_view page_js;

}  // namespace sluice::loadgen
