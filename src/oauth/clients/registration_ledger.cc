// Ordering registered clients by use.
#include "oauth/clients/registration_ledger.h"

#include <algorithm>

#include "base/check.h"

namespace sluice::oauth {

void RegistrationLedger::leave_unused(const Entry& entry) {
    const auto count = unused_of_.find(entry.address);
    CHECK(count != unused_of_.end() && count->second > 0);
    if (--count->second == 0) unused_of_.erase(count);
}

void RegistrationLedger::drop(Entries::iterator entry, std::vector<std::string>& dropped) {
    if (!entry->consented) leave_unused(*entry);
    CHECK(places_.erase(entry->client_id) == 1);
    dropped.push_back(std::move(entry->client_id));
    list_of(*entry).erase(entry);
}

RegistrationLedger::Entries::iterator RegistrationLedger::to_displace(MonotonicTime now) {
    const auto waited = std::ranges::find_if(
        unused_, [now](const Entry& entry) { return entry.registered + safe_time <= now; });
    if (waited != unused_.end()) return waited;
    const auto most = std::ranges::max_element(
        unused_of_, {}, [](const auto& address_and_count) { return address_and_count.second; });
    CHECK(most != unused_of_.end(), "who is not used was registered by somebody");
    return std::ranges::find(unused_, most->first, &Entry::address);
}

std::vector<std::string> RegistrationLedger::add(std::string_view client_id,
                                                 std::string_view address, MonotonicTime now) {
    std::vector<std::string> dropped;
    if (const auto place = places_.find(client_id); place != places_.end()) {
        place->second->registered = now;
        touch(client_id, now);
        return dropped;
    }
    for (Entries* entries : {&unused_, &consented_}) {
        while (!entries->empty() && entries->front().last_use + bounds_.silence_max <= now) {
            drop(entries->begin(), dropped);
        }
    }
    while (!unused_.empty() && unused_.size() >= bounds_.unused_max) {
        drop(to_displace(now), dropped);
    }
    unused_.push_back({std::string(client_id), std::string(address), now, now, false});
    places_.emplace(client_id, std::prev(unused_.end()));
    ++unused_of_[std::string(address)];
    CHECK(places_.size() == unused_.size() + consented_.size());
    CHECK(unused_.size() <= std::max<std::size_t>(bounds_.unused_max, 1));
    return dropped;
}

void RegistrationLedger::touch(std::string_view client_id, MonotonicTime now) {
    const auto place = places_.find(client_id);
    if (place == places_.end()) return;
    Entries& entries = list_of(*place->second);
    place->second->last_use = now;
    entries.splice(entries.end(), entries, place->second);
}

void RegistrationLedger::keep(std::string_view client_id, MonotonicTime now) {
    const auto place = places_.find(client_id);
    if (place == places_.end()) return;
    Entries& from = list_of(*place->second);
    if (!place->second->consented) leave_unused(*place->second);
    place->second->consented = true;
    place->second->last_use = now;
    consented_.splice(consented_.end(), from, place->second);
    CHECK(places_.size() == unused_.size() + consented_.size());
}

}  // namespace sluice::oauth
