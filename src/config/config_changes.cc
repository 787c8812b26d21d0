#include "config/config_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include "config/checks.h"

namespace sluice::config {
namespace {

std::string text_of(const std::string& text) {
    return text;
}
std::string text_of(bool value) {
    return value ? "true" : "false";
}
std::string text_of(const Amount& amount) {
    return to_text(amount.value);
}
std::string text_of(const Secret& secret) {
    return std::string(secret.reveal());
}
template <class T>
std::string text_of(const T& value) {
    return to_text(value);
}

class ValueReader;

template <class T>
concept Table = requires(T& table, ValueReader& reader) { table.each_key(reader); };

// Walks the raw structs the way the reader does, and notes every value under its path.
class ValueReader {
public:
    using Values = std::map<std::string, std::string>;

    ValueReader(std::string prefix, Values& values) : prefix_(std::move(prefix)), values_(values) {}

    template <class T>
    void operator()(std::string_view name, Setting<T>& setting) {
        values_[path_of(name)] = text_of(setting.value);
    }
    void operator()(std::string_view name, StringList& list) {
        std::string& text = values_[path_of(name)];
        for (const auto& element : list) text.append(*element).append("\n");
    }
    void operator()(std::string_view name, RawIntrospect& introspect) {
        (*this)(name, introspect.resources);
        if (introspect.all) values_[path_of(name)] = "true";
    }
    void operator()(std::string_view name, RawSecret& secret) {
        const std::string path = path_of(name);
        values_[path] = text_of(*secret.literal);
        values_[path + "_env"] = *secret.env;
        values_[path + "_file"] = *secret.file;
    }
    void operator()(std::string_view name, std::vector<Entry>& entries) {
        for (const Entry& entry : entries) {
            values_[fmt::format("{}.{}", path_of(name), entry.name)] = *entry.text;
        }
    }
    void operator()(std::string_view name, std::vector<Attribute>& attributes) {
        for (Attribute& attribute : attributes) {
            (*this)(fmt::format("{}.{}", name, attribute.name), attribute.values);
        }
    }
    void operator()(std::string_view name, Table auto& table) { read(path_of(name), table); }
    template <Table T>
    void operator()(std::string_view name, std::optional<T>& table) {
        if (table) read(path_of(name), *table);
    }
    template <Table T>
    void operator()(std::string_view name, std::vector<T>& tables) {
        for (std::size_t i = 0; i < tables.size(); ++i) {
            read(fmt::format("{}[{}]", path_of(name), i), tables[i]);
        }
    }
    template <Table T>
    void operator()(std::string_view name, std::vector<Named<T>>& tables) {
        for (auto& [chosen, table] : tables) {
            read(fmt::format("{}.{}", path_of(name), chosen), table);
        }
    }

private:
    std::string path_of(std::string_view name) const {
        return prefix_.empty() ? std::string(name) : prefix_ + '.' + std::string(name);
    }
    void read(std::string prefix, Table auto& table) {
        ValueReader inner(std::move(prefix), values_);
        table.each_key(inner);
    }

    std::string prefix_;
    Values& values_;
};

ValueReader::Values values_of(RawConfig raw) {
    ValueReader::Values values;
    ValueReader reader("", values);
    raw.each_key(reader);
    return values;
}

}  // namespace

std::vector<std::string> changed_keys(const RawConfig& before, const RawConfig& after) {
    const auto old_values = values_of(before);
    const auto new_values = values_of(after);
    std::vector<std::string> changed;
    for (const auto& [key, value] : old_values) {
        const auto found = new_values.find(key);
        if (found == new_values.end() || found->second != value) changed.push_back(key);
    }
    for (const auto& [key, value] : new_values) {
        if (!old_values.contains(key)) changed.push_back(key);
    }
    std::ranges::sort(changed);
    return changed;
}

}  // namespace sluice::config
