#include "loadgen/html_report.h"

#include <utility>

#include "loadgen/page/page_parts.h"

namespace sluice::loadgen {
namespace {

/// JSON that ends no script element: '<' only stands in its strings.
std::string embedded(std::string_view json) {
    std::string out;
    for (const char c : json) {
        if (c == '<') {
            out += "\\u003c";
        } else {
            out += c;
        }
    }
    return out;
}

}  // namespace

std::string html_report(std::string_view run, std::string_view compare) {
    std::string runs = "[" + embedded(run);
    if (!compare.empty()) runs.append(",").append(embedded(compare));
    runs += "]";
    std::string page;
    std::string_view rest = page_html;
    const std::pair<std::string_view, std::string_view> parts[] = {
        {"<!--STYLE-->", page_css}, {"<!--RUNS-->", runs}, {"<!--SCRIPT-->", page_js}};
    for (const auto& [mark, content] : parts) {
        const std::size_t at = rest.find(mark);
        page.append(rest.substr(0, at)).append(content);
        rest.remove_prefix(at + mark.size());
    }
    return page.append(rest);
}

}  // namespace sluice::loadgen
