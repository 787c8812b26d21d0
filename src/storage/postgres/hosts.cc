#include "storage/postgres/hosts.h"

#include <libpq-fe.h>

#include <algorithm>
#include <memory>
#include <string_view>

namespace sluice::storage::postgres {
namespace {

struct FreeOptions {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

bool names_hosts(std::string_view keyword) {
    return keyword == "host" || keyword == "hostaddr" || keyword == "port";
}

std::size_t elements_of(std::string_view list) {
    return static_cast<std::size_t>(std::ranges::count(list, ',')) + 1;
}

/// Of a list with one element, that one: a single port is for every host.
std::string_view element(std::string_view list, std::size_t index) {
    if (elements_of(list) == 1) return list;
    for (; index > 0; --index) list.remove_prefix(list.find(',') + 1);
    return list.substr(0, list.find(','));
}

}  // namespace

std::vector<HostParameters> hosts_of(const Secret& url) {
    char* message = nullptr;  // may quote the text, with its password: nobody reads it
    const Options options(PQconninfoParse(url.reveal().data(), &message));
    PQfreemem(message);
    if (options == nullptr) return {};
    std::size_t count = 1;
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        const std::string_view keyword = option->keyword;
        if (option->val != nullptr && (keyword == "host" || keyword == "hostaddr")) {
            count = std::max(count, elements_of(option->val));
        }
    }
    std::vector<HostParameters> hosts(count);
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val == nullptr) continue;
        for (std::size_t i = 0; i < count; ++i) {
            const std::string_view value =
                names_hosts(option->keyword) ? element(option->val, i) : option->val;
            hosts[i].keywords.emplace_back(option->keyword);
            hosts[i].values.emplace_back(std::string(value));
        }
    }
    return hosts;
}

}  // namespace sluice::storage::postgres
