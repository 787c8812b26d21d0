// A configuration file of any bytes: it is refused with problems in line order, or it is valid and
// its summary can be told. toml++ is the part that reads bytes.
#include "server/config/config.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "server/check_config.h"

namespace {

class NoSurroundings final : public sluice::server::Surroundings {
public:
    std::optional<std::string> variable(const std::string&) const override { return std::nullopt; }
    std::optional<std::string> file(const std::string&) const override { return std::nullopt; }
    std::string locate(const std::string& path) const override { return path; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using sluice::server::Problem;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto config = sluice::server::parse_config(text, NoSurroundings{});
    if (config) {
        CHECK(!sluice::server::summarise(*config).empty());
        return 0;
    }
    CHECK(!config.error().empty(), "a refusal gives at least one problem");
    CHECK(std::ranges::is_sorted(config.error(), {}, &Problem::line));
    for (const Problem& problem : config.error()) CHECK(!problem.text.empty());
    return 0;
}
