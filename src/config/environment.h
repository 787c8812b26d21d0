// Environment: what a configuration refers to outside itself, variables and files.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace sluice::config {

/// A file's bytes; nothing where it cannot be read or is larger than 1 MiB.
std::optional<std::string> read_text_file(const std::filesystem::path& path);

class Environment {
public:
    virtual ~Environment() = default;
    /// Nothing where the variable is not set.
    virtual std::optional<std::string> variable(const std::string& name) const = 0;
    /// The file's bytes; a relative path counts from the configuration's folder. Nothing where it
    /// cannot be read or is larger than 1 MiB.
    virtual std::optional<std::string> file(const std::string& path) const = 0;
    /// The path to reach the same file by from this process; it need not be there.
    virtual std::string locate(const std::string& path) const = 0;
};

/// The process's own environment and file system.
class ProcessEnvironment final : public Environment {
public:
    explicit ProcessEnvironment(std::filesystem::path folder) : folder_(std::move(folder)) {}
    std::optional<std::string> variable(const std::string& name) const override;
    std::optional<std::string> file(const std::string& path) const override;
    std::string locate(const std::string& path) const override;

private:
    std::filesystem::path folder_;
};

}  // namespace sluice::config
