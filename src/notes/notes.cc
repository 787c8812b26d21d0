#include "notes/notes.h"

#include <fmt/format.h>

#include "base/check.h"

namespace sluice::notes {
namespace {

std::unexpected<std::string> unknown(std::string_view id) {
    return std::unexpected(fmt::format("There is no note \"{}\".", id));
}

}  // namespace

Notes::Notes() {
    notes_.emplace("welcome", "This note is served by Sluice's built-in notes server.");
}

Notes::Outcome Notes::list() const {
    std::string ids;
    for (const auto& [id, text] : notes_) {
        if (!ids.empty()) ids += '\n';
        ids += id;
    }
    return ids.empty() ? "There are no notes." : ids;
}

Notes::Outcome Notes::get(std::string_view id) const {
    const auto note = notes_.find(id);
    if (note == notes_.end()) return unknown(id);
    return note->second;
}

Notes::Outcome Notes::create(std::string_view id, std::string_view text) {
    if (id.empty() || id.size() > id_bytes_max) {
        return std::unexpected(fmt::format("A note's id must have 1 to {} bytes.", id_bytes_max));
    }
    if (text.size() > text_bytes_max) {
        return std::unexpected(fmt::format("A note must have at most {} bytes.", text_bytes_max));
    }
    if (notes_.contains(id)) {
        return std::unexpected(fmt::format("The note \"{}\" already exists: update it.", id));
    }
    if (notes_.size() >= count_max) {
        return std::unexpected(fmt::format("There are {} notes already: delete one.", count_max));
    }
    notes_.emplace(id, text);
    CHECK(notes_.size() <= count_max);
    return fmt::format("Created \"{}\".", id);
}

Notes::Outcome Notes::update(std::string_view id, std::string_view text) {
    const auto note = notes_.find(id);
    if (note == notes_.end()) return unknown(id);
    if (text.size() > text_bytes_max) {
        return std::unexpected(fmt::format("A note must have at most {} bytes.", text_bytes_max));
    }
    note->second = text;
    return fmt::format("Updated \"{}\".", id);
}

Notes::Outcome Notes::remove(std::string_view id) {
    const auto note = notes_.find(id);
    if (note == notes_.end()) return unknown(id);
    notes_.erase(note);
    return fmt::format("Deleted \"{}\".", id);
}

}  // namespace sluice::notes
