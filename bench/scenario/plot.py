"""Bar charts as SVG text, readable on light and on dark pages."""
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, BAR, GAP, TOP = 760, 230, 130, 22, 12, 58
STYLE = """
  .page { fill: #ffffff } text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-size: 15px; font-weight: 600 } .small { font-size: 11px; fill: #57606a }
  .bar { fill: #8c959f } .own { fill: #0969da } .range { stroke: #24292f }
  .target { stroke: #cf222e; stroke-dasharray: 4 3 } .limit { fill: #cf222e; font-size: 11px } .axis { stroke: #d0d7de }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } text { fill: #e6edf3 } .small { fill: #8d96a0 } .bar { fill: #6e7681 }
    .own { fill: #4493f8 } .range { stroke: #e6edf3 } .target { stroke: #ff7b72 } .limit { fill: #ff7b72 }
    .axis { stroke: #3d444d }
  }"""


def bars(title, unit, rows, limit=None):
    """A horizontal bar for each of `rows`: (name, value, least, greatest, is our own). limit  a target's (value, text).

    A bar that is more than three times as long as all others is cut and shows a gap, or nothing else could be read.
    """
    values = sorted(row[1] for row in rows)
    longest = values[-1]
    if len(values) > 2 and longest > 3 * values[-2]:
        longest = 1.35 * values[-2]
    longest = max(longest, *(row[3] for row in rows if row[1] <= longest))
    if limit:
        longest = max(longest, limit[0])
    scale = (WIDTH - LEFT - RIGHT) / longest
    height = TOP + len(rows) * (BAR + GAP) + 26
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
           f'role="img" aria-label="{escape(title)}">', f"<style>{STYLE}\n</style>",
           f'<rect class="page" width="{WIDTH}" height="{height}"/>',
           f'<text class="title" x="16" y="24">{escape(title)}</text>',
           f'<text class="small" x="16" y="42">{escape(unit)}</text>']
    for index, (name, value, least, greatest, own) in enumerate(rows):
        out += bar(TOP + index * (BAR + GAP), name, value, (least, greatest), own, scale, longest)
    if limit:
        x = LEFT + limit[0] * scale
        out += [f'<line class="target" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{height - 22}"/>',
                f'<text class="limit" x="{x:.1f}" y="{height - 8}" text-anchor="middle">{escape(limit[1])}</text>']
    out.append(f'<line class="axis" x1="{LEFT}" x2="{LEFT}" y1="{TOP - 6}" y2="{height - 22}"/>')
    return "\n".join([*out, "</svg>", ""])


def bar(y, name, value, spread, own, scale, longest):
    middle = y + BAR / 2
    end = LEFT + min(value, longest) * scale
    cut = value > longest
    text = f"{value:.2f}" if value < 10 else f"{value:.1f}"
    lines = [f'<text x="{LEFT - 10}" y="{middle + 4.5}" text-anchor="end">{escape(name)}</text>',
             f'<rect class="{"own" if own else "bar"}" x="{LEFT}" y="{y}" width="{end - LEFT:.1f}" height="{BAR}" '
             f'rx="2"/>']
    least, greatest = (LEFT + min(at, longest) * scale for at in spread)
    if cut:
        x = end - 34
        lines.append(f'<path class="page" d="M{x:.1f} {y + BAR + 2} l10 -{BAR + 4} h6 l-10 {BAR + 4} z"/>')
    elif greatest - least > 1:
        lines.append(f'<line class="range" x1="{least:.1f}" x2="{greatest:.1f}" y1="{middle}" y2="{middle}"/>')
    lines.append(f'<text x="{max(end, greatest) + 8:.1f}" y="{middle + 4.5}">{text}</text>')
    return lines
