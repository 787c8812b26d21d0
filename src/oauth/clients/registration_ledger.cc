// Ordering registered clients by use.
#include "oauth/clients/registration_ledger.h"

namespace sluice::oauth {

void RegistrationLedger::drop_oldest(Entries& entries, std::vector<std::string>& dropped) {
    const auto place = places_.find(entries.front().client_id);
    dropped.push_back(std::move(entries.front().client_id));
    entries.pop_front();
    places_.erase(place);
}

std::vector<std::string> RegistrationLedger::add(std::string_view client_id, MonotonicTime now) {
    std::vector<std::string> dropped;
    if (places_.contains(client_id)) {
        touch(client_id, now);
        return dropped;
    }
    for (Entries* entries : {&unused_, &consented_}) {
        while (!entries->empty() && entries->front().last_use + bounds_.silence_max <= now) {
            drop_oldest(*entries, dropped);
        }
    }
    while (unused_.size() >= bounds_.unused_max) drop_oldest(unused_, dropped);
    unused_.push_back({std::string(client_id), now, false});
    places_.emplace(client_id, std::prev(unused_.end()));
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
    place->second->consented = true;
    place->second->last_use = now;
    consented_.splice(consented_.end(), from, place->second);
}

}  // namespace sluice::oauth
