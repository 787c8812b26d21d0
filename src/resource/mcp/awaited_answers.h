// Awaited answers: which requests of a posted body the MCP server has not answered (JSON-RPC 2.0
// §5).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "resource/mcp/json_rpc.h"

namespace sluice::resource {

class AwaitedAnswers {
public:
    AwaitedAnswers() = default;  // none
    /// Those of every request in `body`, which must outlive this.
    explicit AwaitedAnswers(const PostedBody& body);

    bool empty() const { return !single_ && batch_.empty(); }
    /// The ids of the requests that are left, as the client wrote them.
    std::vector<std::string_view> ids() const;

    /// Takes the answers that `json`, one message or a batch of the server's, holds. False where it
    /// is no valid JSON.
    bool note(std::string_view json);

private:
    struct Awaited {
        std::string_view id;
        std::string meaning;  // the same for every way to write the id
    };

    void note_message(const JsonValue& message);

    std::optional<std::string_view> single_;  // where there is no batch
    std::vector<Awaited> batch_;
};

}  // namespace sluice::resource
