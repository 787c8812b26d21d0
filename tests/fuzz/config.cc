// A configuration file of any bytes: it is refused with problems in line order, or it is valid and
// its summary can be told. toml++ is the part that reads bytes.
#include "config/config.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "config/summary.h"

namespace {

class EmptyEnvironment final : public sluice::config::Environment {
public:
    std::optional<std::string> variable(const std::string&) const override { return std::nullopt; }
    std::optional<std::string> file(const std::string&) const override { return std::nullopt; }
    std::string locate(const std::string& path) const override { return path; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using sluice::config::Problem;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto config = sluice::config::parse_config(text, EmptyEnvironment{});
    if (config) {
        CHECK(!sluice::config::summarise(*config).empty());
        return 0;
    }
    CHECK(!config.error().empty(), "a refusal gives at least one problem");
    CHECK(std::ranges::is_sorted(config.error(), {}, &Problem::line));
    for (const Problem& problem : config.error()) CHECK(!problem.text.empty());
    return 0;
}
