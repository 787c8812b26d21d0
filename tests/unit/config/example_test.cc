// The example file and the page about the configuration say what the code does.
#include <fstream>
#include <set>
#include <sstream>

#include "tests/unit/config/support.h"

namespace sluice::config::testing {
namespace {

std::string text_of(const std::string& path) {
    std::ifstream file(std::string(SLUICE_SOURCE_DIR) + '/' + path);
    EXPECT_TRUE(file) << path;
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(ConfigExample, IsValid) {
    const Config config = config_of(text_of("examples/sluice.toml"));
    EXPECT_EQ(config.server().public_url, "http://127.0.0.1:8080");
    ASSERT_TRUE(config.auth());
    EXPECT_EQ(config.auth()->scopes.size(), 4U);
    EXPECT_EQ(config.auth()->scopes[0].name, "mcp:read");
    EXPECT_EQ(config.auth()->users.at(0).attributes.at(0).value, "engineering");
    EXPECT_EQ(config.auth()->clients.size(), 4U);
    EXPECT_FALSE(config.auth()->clients.at(3).introspect.none());
    ASSERT_EQ(config.gateway().resources.size(), 1U);
    const resource::ResourceSettings& notes = config.gateway().resources[0];
    EXPECT_EQ(notes.name, "Notes");
    EXPECT_EQ(notes.required_scopes.text(), "mcp:read");
    ASSERT_EQ(notes.rules.size(), 2U);
    EXPECT_EQ(notes.rules[0].match, "(create|update|delete)_.*");
    ASSERT_TRUE(notes.friction);
    ASSERT_EQ(notes.friction->tools().size(), 2U);
    EXPECT_EQ(notes.friction->tools()[0].name, "delete_note");
    EXPECT_EQ(notes.friction->tools()[1].target_rate, 0.10);
    EXPECT_EQ(notes.friction->groups()[0].aggregate_target, 0.20);
}

// The page's tables: under a heading that holds `[auth]` or `[[auth.client]]`, each row begins with
// | `key` |.
std::set<std::string> documented_keys() {
    std::istringstream page(text_of("docs/CONFIGURATION.md"));
    std::set<std::string> keys;
    std::string section;
    std::string line;
    while (std::getline(page, line)) {
        if (line.starts_with('#')) {
            const std::size_t begin = line.find('[');
            const std::size_t end = line.find(']');
            section.clear();
            if (begin == std::string::npos || end == std::string::npos) continue;
            section = line.substr(begin, end - begin);
            section.erase(0, section.find_first_not_of('['));
        } else if (line.starts_with("| `") && !section.empty()) {
            // One row may name several spellings: `key`, `key_env`, `key_file`.
            const std::string cell = line.substr(0, line.find('|', 1));
            for (std::size_t at = cell.find('`'); at != std::string::npos;
                 at = cell.find('`', at + 1)) {
                const std::size_t begin = at + 1;
                at = cell.find('`', begin);
                if (at == std::string::npos) break;
                keys.insert(section + '.' + cell.substr(begin, at - begin));
            }
        }
    }
    return keys;
}

TEST(ConfigPage, NamesEveryKeyAndNoOther) {
    const std::set<std::string> documented = documented_keys();
    const std::vector<std::string> known = known_keys();
    ASSERT_GT(known.size(), 80U);
    for (const std::string& key : known)
        EXPECT_TRUE(documented.contains(key)) << key << " is not documented";
    for (const std::string& key : documented) {
        EXPECT_NE(std::ranges::find(known, key), known.end())
            << key << " is documented, but no key";
    }
}

}  // namespace
}  // namespace sluice::config::testing
