// Notes: a small bounded store that the built-in MCP server keeps in memory.
#pragma once

#include <cstddef>
#include <expected>
#include <map>
#include <string>
#include <string_view>

namespace sluice::notes {

/// Notes by id. Every error is a sentence for the person or model that asked.
class Notes {
public:
    static constexpr std::size_t count_max = 1000;
    static constexpr std::size_t id_bytes_max = 200;
    static constexpr std::size_t text_bytes_max = 16 << 10;

    using Outcome = std::expected<std::string, std::string>;

    Notes();  // holds a note of welcome

    Outcome list() const;  // one id a line
    Outcome get(std::string_view id) const;
    Outcome create(std::string_view id, std::string_view text);
    Outcome update(std::string_view id, std::string_view text);
    Outcome remove(std::string_view id);

private:
    std::map<std::string, std::string, std::less<>> notes_;
};

}  // namespace sluice::notes
