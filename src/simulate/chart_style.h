// Chart style: colours and type, light, and dark where the reader prefers it.
#pragma once

#include <string_view>

namespace sluice::simulate {

inline constexpr std::string_view chart_style = R"(
text{font:12px system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:#3d444d}
.page{fill:#fff}.card{fill:#f6f8fa;stroke:#d1d9e0}.plot{fill:#fff;stroke:#d1d9e0}
.title{font-size:21px;font-weight:700;fill:#1f2328}.verdict{font-size:15px;font-weight:600;fill:#1f2328}
.name{font-size:16px;font-weight:700;fill:#1f2328}.axis{font-size:11px;fill:#59636e}
.label{font-size:12px;font-weight:600;fill:#3d444d}
.end{text-anchor:end}.middle{text-anchor:middle}
.grid{stroke:#d1d9e0;stroke-width:.6}
.target{stroke:#1f2328;stroke-width:1.4;stroke-dasharray:6 4;fill:none}.target-text{font-size:11px;font-weight:600;fill:#1f2328}
.zone-block{fill:#d1242f;opacity:.13}.zone-ask{fill:#8250df;opacity:.10}
.zone-text{font-size:11px;fill:#59636e}
.c0,.c1,.c2,.median{fill:none;stroke-width:1.8;stroke-linejoin:round}
.c0{stroke:#0969da}.c1{stroke:#0f8a8a}.c2{stroke:#bf3989}
.median{stroke:#818b98}.fleet{fill:#818b98;opacity:.28}
.passed{fill:#4c9f5b}.delayed{fill:#dfa000}.asked{fill:#8250df}.refused{fill:#d1242f}
.mark-refused{stroke:#d1242f;stroke-width:1.7;fill:none}.mark-asked{fill:#8250df}
.first{stroke:#d1242f;stroke-width:1;stroke-dasharray:3 3}.first-text{font-size:11px;font-weight:600;fill:#d1242f}
.wait{font-size:11px;fill:#9a6700}.wait-mark{stroke:#9a6700}
@media (prefers-color-scheme:dark){
text{fill:#c5ccd3}.page{fill:#0d1117}.card{fill:#151b23;stroke:#30363d}.plot{fill:#0d1117;stroke:#30363d}
.title,.verdict,.name,.target-text{fill:#f0f6fc}.axis,.zone-text{fill:#9198a1}.label{fill:#c5ccd3}
.grid{stroke:#30363d}.target{stroke:#f0f6fc}
.zone-block{fill:#f85149;opacity:.20}.zone-ask{fill:#a371f7;opacity:.16}
.c0{stroke:#58a6ff}.c1{stroke:#39c5bb}.c2{stroke:#f778ba}
.passed{fill:#3fb950}.delayed{fill:#d9a514}.asked{fill:#a371f7}.refused{fill:#f85149}
.mark-refused,.first{stroke:#ff7b72}.mark-asked{fill:#a371f7}.first-text{fill:#ff7b72}.wait{fill:#d9a514}.wait-mark{stroke:#d9a514}}
)";

}  // namespace sluice::simulate
