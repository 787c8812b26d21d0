// Formatting an IMF-fixdate.
#include "http/http_date.h"

#include <fmt/format.h>

namespace sluice::http {

std::string_view HttpDate::text(WallTime now) {
    constexpr std::size_t size = 29;
    if (numeric_date(now) == second_) return {text_.data(), size};
    second_ = numeric_date(now);
    constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    const auto midnight = std::chrono::floor<std::chrono::days>(second);
    const std::chrono::year_month_day date(midnight);
    const std::chrono::hh_mm_ss time(second - midnight);
    fmt::format_to_n(text_.data(), size, "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     days[std::chrono::weekday(midnight).c_encoding()],
                     static_cast<unsigned>(date.day()),
                     months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
    return {text_.data(), size};
}

}  // namespace sluice::http
