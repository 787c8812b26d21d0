#include "storage/sqlite/log_check.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/check.h"
#include "storage/sqlite/checked_vfs.h"
#include "storage/sqlite/files.h"

namespace sluice::storage::sqlite {
namespace {

// "Write-Ahead Log File Format" of https://www.sqlite.org/fileformat2.html#walformat.
constexpr std::size_t header_bytes = 32;
constexpr std::size_t frame_header_bytes = 24;
constexpr std::size_t frame_bytes = frame_header_bytes + page_bytes;
constexpr std::uint32_t magic_little_endian = 0x377f0682;  // of the words that are summed
constexpr std::uint32_t magic_big_endian = 0x377f0683;

std::uint32_t word(const std::byte* from, bool big_endian = true) {
    std::uint32_t value = 0;
    std::memcpy(&value, from, sizeof value);
    return big_endian ? __builtin_bswap32(value) : value;
}

struct Sum {
    std::uint32_t first = 0;
    std::uint32_t second = 0;
    friend bool operator==(Sum, Sum) = default;

    void add(const std::byte* from, std::size_t bytes, bool big_endian) {
        CHECK(bytes % 8 == 0, "two words at a time");
        for (std::size_t at = 0; at < bytes; at += 8) {
            first += word(from + at, big_endian) + second;
            second += word(from + at + 4, big_endian) + first;
        }
    }
};

Sum stored_sum(const std::byte* at) {
    return {word(at), word(at + 4)};
}

/// What is left when the frames that follow each other rightly have ended.
struct Rest {
    std::size_t frames = 0;         // that belong to this log by their salts
    std::size_t commits = 0;        // among them
    bool ends_with_commit = false;  // the last one of them
    bool is_cut() const { return frames > 0; }
    /// Whether a transaction was completed and another begun: the first had been synced.
    bool has_more_than_one_transaction() const {
        return commits > 1 || (commits == 1 && !ends_with_commit);
    }
};

bool read_all(int file, std::byte* to, std::size_t bytes, std::size_t offset) {
    while (bytes > 0) {
        const ssize_t got = pread(file, to, bytes, static_cast<off_t>(offset));
        if (got <= 0) return false;
        to += got;
        bytes -= static_cast<std::size_t>(got);
        offset += static_cast<std::size_t>(got);
    }
    return true;
}

Rest scan(int file, std::size_t size, const std::byte* header, Sum sum, bool big_endian) {
    Rest rest;
    bool intact = true;
    std::array<std::byte, frame_bytes> frame;
    for (std::size_t at = header_bytes; at + frame_bytes <= size; at += frame_bytes) {
        if (!read_all(file, frame.data(), frame.size(), at)) break;
        const bool is_ours = std::memcmp(frame.data() + 8, header + 16, 8) == 0;
        if (intact) {
            sum.add(frame.data(), 8, big_endian);
            sum.add(frame.data() + frame_header_bytes, page_bytes, big_endian);
            intact = is_ours && word(frame.data()) != 0 && sum == stored_sum(frame.data() + 16);
            if (intact) continue;
        }
        if (!is_ours) continue;
        const bool commits = word(frame.data() + 4) != 0;
        ++rest.frames;
        rest.commits += commits;
        rest.ends_with_commit = commits;
    }
    return rest;
}

}  // namespace

std::expected<std::optional<std::string>, std::string> check_log(const std::string& path) {
    const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    const std::size_t size = file_size(path).value_or(0);
    if (!file.is_open() || size < header_bytes) return std::nullopt;
    std::array<std::byte, header_bytes> header;
    if (!read_all(file.number(), header.data(), header.size(), 0)) {
        return std::unexpected(fmt::format("{}: cannot be read: {}", path, system_error_text()));
    }
    // A log that was made longer and never written to.
    if (header == std::array<std::byte, header_bytes>{}) return std::nullopt;
    const std::uint32_t magic = word(header.data());
    const bool big_endian = magic == magic_big_endian;
    Sum sum;
    sum.add(header.data(), 24, big_endian);
    if ((magic != magic_little_endian && !big_endian) || word(header.data() + 8) != page_bytes ||
        sum != stored_sum(header.data() + 24)) {
        return std::unexpected(fmt::format("{}: its header is damaged", path));
    }
    const Rest rest = scan(file.number(), size, header.data(), sum, big_endian);
    if (rest.has_more_than_one_transaction()) {
        return std::unexpected(fmt::format("{}: it is damaged ahead of {} committed transactions",
                                           path, rest.commits));
    }
    if (!rest.is_cut()) return std::nullopt;
    return fmt::format("{}: dropped an unfinished transaction of {} pages at the end", path,
                       rest.frames);
}

}  // namespace sluice::storage::sqlite
