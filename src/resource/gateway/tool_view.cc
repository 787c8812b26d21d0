#include "resource/gateway/tool_view.h"

#include "base/check.h"
#include "resource/decision/decision.h"
#include "resource/mcp/tool_list_filter.h"

namespace sluice::resource {

bool append_visible_tools(RequestContext& context, std::string_view json, std::string& out) {
    const ShowsTool shows = [&context](std::string_view tool) {
        return decide({.object = tool,
                       .granted = &context.caller.scope,
                       .client_id = context.caller.client_id,
                       .subject = context.caller.subject,
                       .attributes = known_attributes(context.caller)},
                      context.resource.policy(), Policy::Arguments::any_at_all)
            .allowed();
    };
    const auto counts = filter_tool_lists(json, shows, out);
    if (!counts) return false;
    CHECK(counts->after <= counts->before);
    if (counts->before > 0) {
        context.observer.on_tools_listed({.resource = context.resource.settings().path,
                                          .client_id = context.caller.client_id,
                                          .before = counts->before,
                                          .after = counts->after,
                                          .request_id = context.request().id()});
    }
    return true;
}

}  // namespace sluice::resource
