#include "resource/tool_view.h"

#include "resource/decision.h"
#include "resource/tool_filter.h"

namespace sluice::resource {

bool append_visible_tools(Visit& visit, std::string_view json, std::string& out) {
    const ShowsTool shows = [&visit](std::string_view tool) {
        return decide(visit.caller.scope, visit.resource.policy(), tool).allowed();
    };
    const auto counts = filter_tool_lists(json, shows, out);
    if (!counts) return false;
    if (counts->before > 0) {
        visit.observer.on_tools_listed({.resource = visit.resource.settings().path,
                                        .client_id = visit.caller.client_id,
                                        .before = counts->before,
                                        .after = counts->after,
                                        .request_id = visit.request().id()});
    }
    return true;
}

}  // namespace sluice::resource
