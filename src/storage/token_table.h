// Extendible hash table of token records: keyed by SHA-256, compact, and without any long step.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <type_traits>
#include <vector>

#include "base/check.h"
#include "base/huge_pages.h"
#include "crypto/digest.h"

namespace sluice::storage {

/// Segments of open addressing behind a directory (extendible hashing): a full segment is split in
/// two, so the costliest insertion moves one segment's records, however large the table is. Keys
/// are digests of texts that the server generated, so their bits are as good as any hash. A record
/// of 32 bytes and its key are one cache line, and segments lie in huge pages: finding one of many
/// millions costs one miss. Pointers to records are valid until the next insert(), erase() or
/// sweep().
template <class Record>
class TokenTable {
    static_assert(std::is_trivially_copyable_v<Record>);

public:
    static constexpr std::size_t segment_slots = 1024;

    TokenTable() { directory_.push_back(&add_segment(0)); }

    std::size_t size() const { return size_; }
    std::size_t slots() const { return segments_.size() * segment_slots; }

    Record* find(const crypto::Digest& key) {
        Segment& segment = segment_of(key);
        for (std::size_t slot = home(key);; slot = next(slot)) {
            Entry& entry = segment.entries[slot];
            if (entry.key == key) return &entry.record;
            if (is_empty(entry)) return nullptr;
        }
    }

    /// Starts to fetch what find() will read.
    void prefetch(const crypto::Digest& key) const {
        __builtin_prefetch(&directory_[directory_index(key)]->entries[home(key)]);
    }

    /// `key` must not be there.
    Record& insert(const crypto::Digest& key, const Record& record) {
        CHECK(key != crypto::Digest{}, "an empty place has that key");
        while (segment_of(key).used >= segment_used_max) split(key);
        ++size_;
        return place(segment_of(key), key, record);
    }

    bool erase(const crypto::Digest& key) {
        Segment& segment = segment_of(key);
        for (std::size_t slot = home(key);; slot = next(slot)) {
            if (segment.entries[slot].key == key) {
                remove(segment, slot);
                return true;
            }
            if (is_empty(segment.entries[slot])) return false;
        }
    }

    /// Visits the next `segments_max` segments and erases every record that `is_dead(record)` says
    /// true of, once for each. Calls go round the whole table. `soon(record)` hears of most records
    /// a few before their turn. A table that has become empty gives its memory back, a chunk a
    /// call.
    template <class IsDead, class Soon>
    void sweep(std::size_t segments_max, IsDead is_dead, Soon soon) {
        for (; segments_max > 0; --segments_max) {
            swept_ = (swept_ + 1) % segments_.size();
            erase_if(*segments_[swept_], [&](const Segment& segment, std::size_t slot) {
                const Entry& later = segment.entries[(slot + sweep_ahead) % segment_slots];
                if (!is_empty(later)) soon(later.record);
                return is_dead(segment.entries[slot].record);
            });
        }
        if (!retired_.empty()) retired_.pop_back();
        if (size_ == 0 && segments_.size() > 1) start_anew();
    }
    template <class IsDead>
    void sweep(std::size_t segments_max, IsDead is_dead) {
        sweep(segments_max, is_dead, [](const Record&) {});
    }

private:
    struct Entry {
        crypto::Digest key{};  // all zero: empty
        Record record{};
    };
    struct alignas(64) Segment {
        std::array<Entry, segment_slots> entries{};
        unsigned depth = 0;  // leading bits that all keys of this segment share
        unsigned used = 0;
    };
    static constexpr unsigned segment_used_max = segment_slots * 3 / 4;
    static constexpr std::size_t segments_a_chunk = 256;
    static constexpr std::size_t sweep_ahead = 8;

    static std::uint64_t bits(const crypto::Digest& key) {
        std::uint64_t value = 0;
        std::memcpy(&value, key.data(), sizeof value);
        return value;
    }
    static bool is_empty(const Entry& entry) {
        return bits(entry.key) == 0 && entry.key == crypto::Digest{};
    }
    static std::size_t home(const crypto::Digest& key) { return bits(key) % segment_slots; }
    static std::size_t next(std::size_t slot) { return (slot + 1) % segment_slots; }

    std::size_t directory_index(const crypto::Digest& key) const {
        return depth_ == 0 ? 0 : bits(key) >> (64 - depth_);
    }
    Segment& segment_of(const crypto::Digest& key) { return *directory_[directory_index(key)]; }

    static Record& place(Segment& segment, const crypto::Digest& key, const Record& record) {
        std::size_t slot = home(key);
        while (!is_empty(segment.entries[slot])) {
            CHECK(segment.entries[slot].key != key, "the key is there already");
            slot = next(slot);
        }
        CHECK(segment.used < segment_slots - 1, "a search ends at an empty place");
        segment.entries[slot] = {key, record};
        ++segment.used;
        return segment.entries[slot].record;
    }

    /// Closes the gap: every following record that may stand nearer to its home moves up.
    void remove(Segment& segment, std::size_t gap) {
        for (std::size_t slot = next(gap); !is_empty(segment.entries[slot]); slot = next(slot)) {
            const std::size_t wanted = home(segment.entries[slot].key);
            const std::size_t away = (slot - wanted) % segment_slots;
            if (away < (slot - gap) % segment_slots) continue;
            segment.entries[gap] = segment.entries[slot];
            gap = slot;
        }
        segment.entries[gap] = {};
        CHECK(segment.used > 0 && size_ > 0);
        --segment.used;
        --size_;
    }

    /// Removes every record for whose place `is_unwanted(segment, slot)` is true.
    template <class IsUnwanted>
    void erase_if(Segment& segment, IsUnwanted is_unwanted) {
        for (std::size_t slot = 0; slot < segment_slots;) {
            // A removal may move a later record here: look at the slot again.
            if (!is_empty(segment.entries[slot]) && is_unwanted(segment, slot)) {
                remove(segment, slot);
            } else {
                ++slot;
            }
        }
    }

    Segment& add_segment(unsigned depth) {
        if (segments_.size() % segments_a_chunk == 0) {
            const std::size_t small = chunks_.empty() ? HugePages::huge_page : 0;
            chunks_.emplace_back(segments_a_chunk * sizeof(Segment), small);
        }
        // The pages are zero, and so is an empty segment.
        auto* const chunk = reinterpret_cast<Segment*>(chunks_.back().data());
        Segment& segment = chunk[segments_.size() % segments_a_chunk];
        segment.depth = depth;
        segments_.push_back(&segment);
        return segment;
    }

    /// Splits the segment of `key`.
    void split(const crypto::Digest& key) {
        Segment& segment = segment_of(key);
        if (segment.depth == depth_) double_directory();
        CHECK(segment.depth < depth_);
        const std::size_t places = std::size_t{1} << (depth_ - segment.depth);
        const std::size_t first = directory_index(key) & ~(places - 1);
        Segment& sibling = add_segment(++segment.depth);
        std::fill_n(directory_.begin() + static_cast<std::ptrdiff_t>(first + places / 2),
                    places / 2, &sibling);

        const std::uint64_t sibling_bit = std::uint64_t{1} << (64 - segment.depth);
        const std::size_t before = size_;
        const unsigned used = segment.used;
        erase_if(segment, [&](const Segment& from, std::size_t slot) {
            const Entry& entry = from.entries[slot];
            const bool moves = (bits(entry.key) & sibling_bit) != 0;
            if (moves) place(sibling, entry.key, entry.record);
            return moves;
        });
        CHECK(segment.used + sibling.used == used && before - size_ == sibling.used);
        size_ = before;
    }

    void start_anew() {
        CHECK(size_ == 0);
        std::ranges::move(chunks_, std::back_inserter(retired_));
        chunks_.clear();
        segments_ = {};
        directory_ = {};
        depth_ = 0;
        directory_.push_back(&add_segment(0));
    }

    void double_directory() {
        CHECK(depth_ < 40);
        ++depth_;
        std::vector<Segment*> doubled(directory_.size() * 2);
        for (std::size_t i = 0; i < doubled.size(); ++i) doubled[i] = directory_[i / 2];
        directory_ = std::move(doubled);
    }

    std::vector<HugePages> chunks_;   // hold the segments
    std::vector<HugePages> retired_;  // are to be given back
    std::vector<Segment*> segments_;
    std::vector<Segment*> directory_;  // by the leading `depth_` bits of a key
    unsigned depth_ = 0;
    std::size_t size_ = 0;
    std::size_t swept_ = 0;
};

}  // namespace sluice::storage
