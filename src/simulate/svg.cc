#include "simulate/svg.h"

#include <fmt/format.h>

#include <iterator>

namespace sluice::simulate {
namespace {

std::string number(double value) {
    std::string text = fmt::format("{:.1f}", value);
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return text == "-0" ? "0" : text;
}

}  // namespace

std::string xml_text(std::string_view text) {
    std::string out;
    for (const char byte : text) {
        switch (byte) {
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '&':
                out += "&amp;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                if (static_cast<unsigned char>(byte) < 0x20) {
                    out += "\xEF\xBF\xBD";
                } else {
                    out += byte;
                }
        }
    }
    return out;
}

std::string shortened(std::string_view text, std::size_t count) {
    std::size_t letters = 0;
    std::size_t last = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if ((text[at] & 0xc0) == 0x80) continue;
        if (++letters == count) last = at;
    }
    return letters <= count ? std::string(text) : std::string(text.substr(0, last)) + "…";
}

void Svg::rect(double x, double y, double width, double height, std::string_view style,
               std::string_view hint) {
    fmt::format_to(std::back_inserter(body_),
                   R"(<rect class="{}" x="{}" y="{}" width="{}" height="{}")", style, number(x),
                   number(y), number(width), number(height));
    body_ += hint.empty() ? "/>\n" : fmt::format("><title>{}</title></rect>\n", xml_text(hint));
}

void Svg::line(Point from, Point to, std::string_view style) {
    fmt::format_to(std::back_inserter(body_),
                   "<line class=\"{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n", style,
                   number(from.x), number(from.y), number(to.x), number(to.y));
}

void Svg::poly(std::string_view element, std::span<const Point> points, std::string_view style) {
    fmt::format_to(std::back_inserter(body_), "<{} class=\"{}\" points=\"", element, style);
    for (const Point& point : points) {
        fmt::format_to(std::back_inserter(body_), "{},{} ", number(point.x), number(point.y));
    }
    if (body_.ends_with(' ')) body_.pop_back();
    body_ += "\"/>\n";
}

void Svg::path(std::span<const Point> points, std::string_view style) {
    poly("polyline", points, style);
}

void Svg::area(std::span<const Point> points, std::string_view style) {
    poly("polygon", points, style);
}

void Svg::text(Point at, std::string_view style, std::string_view content) {
    fmt::format_to(std::back_inserter(body_), "<text class=\"{}\" x=\"{}\" y=\"{}\">{}</text>\n",
                   style, number(at.x), number(at.y), xml_text(content));
}

void Svg::cross(Point at, double radius, std::string_view style) {
    fmt::format_to(std::back_inserter(body_),
                   "<path class=\"{}\" d=\"M{} {}l{} {}m0 -{}l-{} {}\"/>\n", style,
                   number(at.x - radius), number(at.y - radius), number(2 * radius),
                   number(2 * radius), number(2 * radius), number(2 * radius), number(2 * radius));
}

void Svg::diamond(Point at, double radius, std::string_view style) {
    const Point corners[] = {
        {at.x, at.y - radius}, {at.x + radius, at.y}, {at.x, at.y + radius}, {at.x - radius, at.y}};
    area(corners, style);
}

std::string Svg::finish(double width, double height, std::string_view title,
                        std::string_view description, std::string_view style_sheet) const {
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
        "height=\"{1}\" role=\"img\">\n<title>{2}</title>\n<desc>{3}</desc>\n<style>{4}</style>\n"
        "<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n{5}</svg>\n",
        number(width), number(height), xml_text(title), xml_text(description), style_sheet, body_);
}

}  // namespace sluice::simulate
