#include "config/toml_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "config/edit_distance.h"
#include "config/toml_value.h"

namespace sluice::config {
namespace {

class TableReader;

template <class T>
concept Table = requires(T& table, TableReader& reader) { table.each_key(reader); };

int line_of(const toml::node& node) {
    return static_cast<int>(node.source().begin.line);
}

bool is_bare_key(std::string_view key) {
    return !key.empty() && std::ranges::all_of(key, [](char c) {
        return is_alpha(c) || is_digit(c) || c == '-' || c == '_';
    });
}

// Reads one table of the file into one raw struct, as that struct's each_key() names its keys.
class TableReader {
public:
    TableReader(const toml::table& table, Place place, Problems& problems)
        : table_(table), place_(std::move(place)), problems_(problems) {}

    template <class T>
    void operator()(std::string_view name, Setting<T>& target) {
        const toml::node* node = find(name);
        target.place = place_of(name, node);
        target.given = node != nullptr;
        if (node) read_value(*node, target);
    }

    void operator()(std::string_view name, RawSecret& target) {
        (*this)(name, target.literal);
        (*this)(std::string(name) + "_env", target.env);
        (*this)(std::string(name) + "_file", target.file);
    }

    void operator()(std::string_view name, StringList& target) {
        const toml::node* node = find(name);
        if (!node) {
            for (auto& element : target) element.place = place_of(name, nullptr);
            return;
        }
        target.clear();
        const toml::array* array = node->as_array();
        if (!array) {
            return problems_.add_unreadable(place_of(name, node),
                                            "has to be a list: [\"...\", \"...\"]");
        }
        read_list(*array, place_of(name, node), Elements::texts, target);
    }

    void operator()(std::string_view name, RawIntrospect& target) {
        const toml::node* node = find(name);
        target.place = place_of(name, node);
        if (!node) return;
        target.all = node->value_exact<bool>().value_or(false);
        if (node->is_boolean()) return;
        if (const toml::array* array = node->as_array()) {
            return read_list(*array, target.place, Elements::texts, target.resources);
        }
        problems_.add_unreadable(target.place,
                                 "has to be true, false or a list of resources: [\"/mcp\"]");
    }

    void operator()(std::string_view name, Table auto& target) {
        static const toml::table none;
        const toml::node* node = find(name);
        const toml::table* table = node ? node->as_table() : &none;
        if (!table) return add_no_table(name, *node);
        read_table(*table, place_of(name, node), target);
    }

    template <Table T>
    void operator()(std::string_view name, std::optional<T>& target) {
        const toml::node* node = find(name);
        if (!node) return;
        const toml::table* table = node->as_table();
        if (!table) return add_no_table(name, *node);
        read_table(*table, place_of(name, node), target.emplace());
    }

    // [[name]]
    template <Table T>
    void operator()(std::string_view name, std::vector<T>& target) {
        const toml::node* node = find(name);
        if (!node) return;
        const toml::array* array = node->as_array();
        if (!array) {
            return problems_.add_unreadable(
                place_of(name, node),
                fmt::format("is written [[{}]], with two brackets: there may be several",
                            unindexed(name)));
        }
        std::size_t index = 0;
        for (const toml::node& element : *array) {
            Place place{line_of(element), fmt::format("{}[{}]", path_of(name), index++)};
            const toml::table* table = element.as_table();
            if (table) {
                read_table(*table, std::move(place), target.emplace_back());
            } else {
                problems_.add_unreadable(place, "has to be a table");
            }
        }
    }

    // [name.CHOSEN]
    template <Table T>
    void operator()(std::string_view name, std::vector<Named<T>>& target) {
        each_chosen(name, [&](std::string key, const toml::node& node, const Place& place) {
            const toml::table* table = node.as_table();
            if (!table) return problems_.add_unreadable(place, "has to be a table");
            read_table(*table, place, target.emplace_back(std::move(key), T{}).table);
        });
    }

    // CHOSEN = "text", CHOSEN = ["text", "text"]
    void operator()(std::string_view name, std::vector<Attribute>& target) {
        each_chosen(name, [&](std::string key, const toml::node& node, const Place& place) {
            StringList& values = target.emplace_back(std::move(key), StringList{}).values;
            const toml::array* array = node.as_array();
            array ? read_list(*array, place, Elements::texts, values)
                  : read_element(node, place, Elements::texts, values);
        });
    }

    // CHOSEN = value, CHOSEN = [value, value], CHOSEN = { match = "..." }
    void operator()(std::string_view name, std::vector<Named<RawCondition>>& target) {
        each_chosen(name, [&](std::string key, const toml::node& node, const Place& place) {
            RawCondition& condition = target.emplace_back(std::move(key), RawCondition{}).table;
            condition.place = place;
            if (const toml::table* table = node.as_table()) {
                return read_table(*table, place, condition);
            }
            const toml::array* array = node.as_array();
            array ? read_list(*array, place, Elements::scalars, condition.any)
                  : read_element(node, place, Elements::scalars, condition.any);
        });
    }

    // CHOSEN = "text"
    void operator()(std::string_view name, std::vector<Entry>& target) {
        each_chosen(name, [&](std::string key, const toml::node& node, const Place& place) {
            Entry& entry = target.emplace_back();
            entry.name = std::move(key);
            entry.text.place = place;
            entry.text.given = true;
            read_value(node, entry.text);
        });
    }

    void report_unknown_keys() {
        for (const auto& [key, node] : table_) {
            if (std::ranges::find(known_, key.str()) != known_.end()) continue;
            const auto meant = nearest_word(key.str(), known_);
            const std::string hint =
                meant ? fmt::format("did you mean {}?", *meant)
                      : fmt::format("the keys here are {}", fmt::join(known_, ", "));
            const Place place{static_cast<int>(key.source().begin.line), path_of(key.str())};
            problems_.add_unreadable(place, "is not a known key; " + hint);
        }
    }

private:
    const toml::node* find(std::string_view name) {
        known_.emplace_back(name);
        return table_.get(name);
    }

    std::string path_of(std::string_view name) const {
        const std::string last =
            is_bare_key(name) ? std::string(name) : fmt::format("\"{}\"", name);
        return place_.key.empty() ? last : place_.key + '.' + last;
    }

    // An absent key stands where its table stands.
    Place place_of(std::string_view name, const toml::node* node) const {
        return {node ? line_of(*node) : place_.line, path_of(name)};
    }

    // The path as a table's head has it: without indices.
    std::string unindexed(std::string_view name) const {
        std::string path;
        bool inside = false;
        for (const char c : path_of(name)) {
            if (c == '[') inside = true;
            if (!inside) path += c;
            if (c == ']') inside = false;
        }
        return path;
    }

    void add_no_table(std::string_view name, const toml::node& node) {
        const std::string form = node.is_array_of_tables()
                                     ? "with one pair of brackets: there is one only"
                                     : "as a table";
        problems_.add_unreadable(place_of(name, &node),
                                 fmt::format("is written [{}], {}", unindexed(name), form));
    }

    void read_table(const toml::table& table, Place place, Table auto& target) {
        target.place = place;
        TableReader reader(table, std::move(place), problems_);
        target.each_key(reader);
        reader.report_unknown_keys();
    }

    // Of `scalars` a number, true or false is taken as the text that it is written as.
    enum class Elements : std::uint8_t { texts, scalars };

    void read_list(const toml::array& array, const Place& place, Elements elements,
                   StringList& target) {
        for (const toml::node& element : array) {
            read_element(element,
                         {line_of(element), fmt::format("{}[{}]", place.key, target.size())},
                         elements, target);
        }
    }

    void read_element(const toml::node& node, Place place, Elements elements, StringList& target) {
        Setting<std::string>& text = target.emplace_back();
        text.place = std::move(place);
        text.given = true;
        if (elements == Elements::texts) {
            read_value(node, text);
        } else if (const auto* number = node.as_integer()) {
            text.value = fmt::format("{}", number->get());
        } else if (const auto* real = node.as_floating_point()) {
            text.value = fmt::format("{}", real->get());
        } else if (const auto* truth = node.as_boolean()) {
            text.value = truth->get() ? "true" : "false";
        } else {
            read_value(node, text);
        }
    }

    template <class T>
    void read_value(const toml::node& node, Setting<T>& target) {
        if (const char* wanted = read_toml_value(node, target.value)) {
            problems_.add_unreadable(target.place, wanted);
        }
    }

    // Calls visit(key, node, place) for each entry of the table `name`, in the file's order.
    void each_chosen(std::string_view name, auto visit) {
        const toml::node* node = find(name);
        if (!node) return;
        const toml::table* table = node->as_table();
        if (!table) return add_no_table(name, *node);
        std::vector<std::pair<const toml::key*, const toml::node*>> entries;
        for (const auto& [key, value] : *table) entries.emplace_back(&key, &value);
        std::ranges::sort(entries, {}, [](const auto& entry) {
            const auto& begin = entry.first->source().begin;
            return std::pair(begin.line, begin.column);
        });
        for (const auto& [key, value] : entries) {
            const TableReader inner(*table, place_of(name, node), problems_);
            visit(std::string(key->str()), *value, inner.place_of(key->str(), value));
        }
    }

    const toml::table& table_;
    Place place_;
    Problems& problems_;
    std::vector<std::string> known_;
};

}  // namespace

std::optional<RawConfig> read_toml(std::string_view toml, Problems& problems) {
    try {
        RawConfig raw;
        const toml::table root = toml::parse(toml);
        TableReader reader(root, Place{}, problems);
        raw.each_key(reader);
        reader.report_unknown_keys();
        return raw;
    } catch (const toml::parse_error& error) {
        const Place place{static_cast<int>(error.source().begin.line), ""};
        problems.add_unreadable(place, describe_syntax_error(error.description()));
        return std::nullopt;
    }
}

}  // namespace sluice::config
