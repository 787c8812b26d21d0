// Static files of the admin page, as Vite built them from web/admin.
#pragma once

#include <string_view>

namespace sluice::admin {

extern const std::string_view admin_index_html;
extern const std::string_view admin_page_css;
extern const std::string_view admin_page_js;

}  // namespace sluice::admin
