// One style sheet for all pages: phone and desktop, light and dark.
#include "oauth/pages/page_style.h"

#include "crypto/base64url.h"
#include "crypto/digest.h"

namespace sluice::oauth {
namespace {

constexpr std::string_view css = R"css(
:root {
  color-scheme: light dark;
  --ground: #f3f5f7; --card: #fff; --ink: #1b2733; --quiet: #566573; --line: #d5dce3;
  --accent: #0b63b0; --accent-ink: #fff; --warn: #fdf3d8; --warn-ink: #614700; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12171c; --card: #1c242c; --ink: #e8edf2; --quiet: #a3b1be; --line: #37434f;
    --accent: #7cb8f2; --accent-ink: #0b1b2b; --warn: #3a3014; --warn-ink: #f3dc9c; --bad: #ff8a80;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; padding: 1rem; display: grid; place-items: center;
  background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main {
  width: 100%; max-width: 27rem; padding: 1.75rem; background: var(--card);
  border: 1px solid var(--line); border-radius: .75rem;
}
h1 { margin: 0 0 .75rem; font-size: 1.35rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 1.25rem 0 .25rem; font-size: 1rem; }
p { margin: .5rem 0; overflow-wrap: anywhere; }
ul { margin: .25rem 0; padding-left: 1.25rem; }
dl { margin: 1rem 0; padding: .75rem 0; border: solid var(--line); border-width: 1px 0; }
dt { color: var(--quiet); font-size: .875rem; }
dd { margin: 0 0 .5rem; overflow-wrap: anywhere; }
dd:last-child { margin-bottom: 0; }
bdi { unicode-bidi: isolate; }
small, .quiet { color: var(--quiet); font-size: .875rem; }
code { font: .9em ui-monospace, monospace; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
input {
  width: 100%; padding: .6rem .75rem; font: inherit; color: inherit; background: var(--ground);
  border: 1px solid var(--quiet); border-radius: .5rem;
}
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
button {
  flex: 1 1 8rem; padding: .7rem 1rem; font: inherit; font-weight: 600; cursor: pointer;
  color: var(--accent-ink); background: var(--accent);
  border: 1px solid var(--accent); border-radius: .5rem;
}
button.second { color: var(--accent); background: transparent; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.notice { padding: .6rem .75rem; border-radius: .5rem; background: var(--warn); color: var(--warn-ink); }
.fault { color: var(--bad); font-weight: 600; }
.tag {
  display: inline-block; padding: 0 .5rem; border-radius: 1rem; font-size: .8rem; font-weight: 600;
  background: var(--warn); color: var(--warn-ink); vertical-align: middle;
}
)css";

}  // namespace

PageStyle make_page_style() {
    // A SHA-256 is 43 characters of base64 and one of padding.
    const crypto::Digest digest = crypto::sha256(css);
    return {css, "'sha256-" + crypto::base64_unpadded(crypto::as_text(digest)) + "='"};
}

}  // namespace sluice::oauth
