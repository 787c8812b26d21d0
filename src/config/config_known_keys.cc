// The list of every key, from the same each_key() that the reader follows.
#include "config/config.h"

namespace sluice::config {
namespace {

class KeyLister;

template <class T>
concept Table = requires(T& table, KeyLister& lister) { table.each_key(lister); };

// Walks the raw structs the way the reader does, with one element in every list.
class KeyLister {
public:
    KeyLister(std::string prefix, std::vector<std::string>& keys)
        : prefix_(std::move(prefix)), keys_(keys) {}

    template <class T>
    void operator()(std::string_view name, Setting<T>&) {
        keys_.push_back(path_of(name));
    }
    void operator()(std::string_view name, StringList&) { keys_.push_back(path_of(name)); }
    void operator()(std::string_view name, RawIntrospect&) { keys_.push_back(path_of(name)); }
    void operator()(std::string_view name, RawSecret&) {
        for (const std::string_view way : {"", "_env", "_file"}) {
            keys_.push_back(path_of(name).append(way));
        }
    }
    void operator()(std::string_view name, std::vector<Entry>&) {
        keys_.push_back(path_of(name) + ".NAME");
    }
    void operator()(std::string_view name, std::vector<Attribute>&) {
        keys_.push_back(path_of(name) + ".NAME");
    }
    void operator()(std::string_view name, Table auto& table) { list(path_of(name), table); }
    template <Table T>
    void operator()(std::string_view name, std::optional<T>& table) {
        list(path_of(name), table.emplace());
    }
    template <Table T>
    void operator()(std::string_view name, std::vector<T>& tables) {
        list(path_of(name), tables.emplace_back());
    }
    template <Table T>
    void operator()(std::string_view name, std::vector<Named<T>>& tables) {
        list(path_of(name) + ".NAME", tables.emplace_back().table);
    }

private:
    std::string path_of(std::string_view name) const {
        return prefix_.empty() ? std::string(name) : prefix_ + '.' + std::string(name);
    }
    void list(std::string prefix, Table auto& table) {
        KeyLister inner(std::move(prefix), keys_);
        table.each_key(inner);
    }

    std::string prefix_;
    std::vector<std::string>& keys_;
};

}  // namespace

std::vector<std::string> known_keys() {
    std::vector<std::string> keys;
    RawConfig raw;
    KeyLister lister("", keys);
    raw.each_key(lister);
    return keys;
}

}  // namespace sluice::config
