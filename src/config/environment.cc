#include "config/environment.h"

#include <array>
#include <cstdlib>
#include <fstream>

namespace sluice::config {

std::optional<std::string> read_text_file(const std::filesystem::path& path) {
    constexpr std::size_t size_max = 1 << 20;
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return std::nullopt;
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::string text;
    std::array<char, 4096> block;
    while (file.read(block.data(), block.size()), file.gcount() > 0) {
        text.append(block.data(), static_cast<std::size_t>(file.gcount()));
        if (text.size() > size_max) return std::nullopt;
    }
    if (file.bad()) return std::nullopt;
    return text;
}

std::optional<std::string> ProcessEnvironment::variable(const std::string& name) const {
    const char* value = std::getenv(name.c_str());
    if (!value) return std::nullopt;
    return value;
}

std::optional<std::string> ProcessEnvironment::file(const std::string& path) const {
    return read_text_file(folder_ / path);
}

std::string ProcessEnvironment::locate(const std::string& path) const {
    return (folder_ / path).string();
}

}  // namespace sluice::config
