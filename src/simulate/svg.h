// SVG writer: shapes with classes, whose colours a style sheet gives for light and dark.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sluice::simulate {

struct Point {
    double x;
    double y;
};

/// Appends shapes; coordinates are pixels. Texts may be anything: they are escaped.
class Svg {
public:
    void rect(double x, double y, double width, double height, std::string_view style,
              std::string_view hint = {});
    void line(Point from, Point to, std::string_view style);
    void path(std::span<const Point> points, std::string_view style);
    void area(std::span<const Point> points, std::string_view style);
    /// Begins at the point; with the class "end" or "middle" it ends there or is centred on it.
    void text(Point at, std::string_view style, std::string_view content);
    // Centred on the point.
    void cross(Point at, double radius, std::string_view style);
    void diamond(Point at, double radius, std::string_view style);

    /// A whole document, which needs no other file.
    std::string finish(double width, double height, std::string_view title,
                       std::string_view description, std::string_view style_sheet) const;

private:
    void poly(std::string_view element, std::span<const Point> points, std::string_view style);

    std::string body_;
};

/// Markup is escaped, and what XML does not allow becomes U+FFFD.
std::string xml_text(std::string_view text);

/// At most `count` letters, the last of which tells where some are left out.
std::string shortened(std::string_view text, std::size_t count);

}  // namespace sluice::simulate
