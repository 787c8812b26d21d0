'use strict';
// Draws the runs that stand in this page as JSON: the first is the report's, a second is beside it.
const runs = JSON.parse(document.getElementById('runs').textContent);
const [run, other] = runs;
const colour = (index) => `var(--run-${index})`;
const percentiles = [['p50', 0.5], ['p75', 0.75], ['p90', 0.9], ['p99', 0.99], ['p99_9', 0.999],
  ['p99_99', 0.9999], ['max', 1]];
const shown = (name) => name.replace('_', '.');

// ---- text
const digits = (value) => {
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en-US').replaceAll(',', '\u202f');
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : size >= 1 || size === 0
    ? value.toFixed(2).replace(/^0\.00$/, '0') : value.toPrecision(2);
};
const count = (value) => Math.round(value).toLocaleString('en-US').replaceAll(',', '\u202f');
const compact = (value) => value >= 1e6 ? `${+(value / 1e6).toFixed(2)}M`
  : value >= 1e4 ? `${+(value / 1e3).toFixed(1)}k` : `${+value.toFixed(value < 10 ? 2 : 0)}`;
const timeParts = (us) => us >= 1e6 ? [digits(us / 1e6), 's'] : us >= 1e3 ? [digits(us / 1e3), 'ms']
  : [digits(us), 'µs'];
const time = (us) => timeParts(us).join('\u202f');
// Of an axis: no more digits than it takes to tell ticks apart.
const tickTime = (us) => {
  const [size, unit] = us >= 1e6 ? [1e6, 's'] : us >= 1e3 ? [1e3, 'ms'] : [1, 'µs'];
  return us === 0 ? '0' : `${+(us / size).toPrecision(3)}\u202f${unit}`;
};
const percent = (share) => `${digits(100 * share)}\u202f%`;
const bytes = (size) => size >= 2 ** 30 ? `${digits(size / 2 ** 30)} GiB` : `${digits(size / 2 ** 20)} MiB`;

// ---- elements; text only ever goes in as text
function element(name, attributes = {}, ...children) {
  const svg = ['svg', 'g', 'path', 'line', 'circle', 'rect', 'text'].includes(name);
  const made = svg ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}
const key = (index) => element('span', { class: 'key', style: `background: ${colour(index)}` });
const card = (title, note, ...content) => element('section', { class: 'card' }, element('h2', {}, title),
  note ? element('p', { class: 'note' }, note) : null, ...content);

// ---- plots
function niceTicks(from, to, count) {
  const span = to - from || 1;
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw) * power;
  const ticks = [];
  for (let at = Math.ceil(from / step) * step; at <= to + step / 1e6; at += step) ticks.push(+at.toPrecision(12));
  return ticks;
}
function logTicks(from, to) {
  const ticks = [];
  const decades = Math.log10(to / from);
  const factors = decades > 4.5 ? [1] : decades > 2 ? [1, 3] : [1, 2, 5];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power++) {
    for (const factor of factors) {
      const tick = factor * 10 ** power;
      if (tick >= from * 0.999 && tick <= to * 1.001) ticks.push(tick);
    }
  }
  return ticks;
}

// series: [{ index, points: [[x, y]], colour?, area? }], x and y scaled by `axes`.
function plot({ series, x, y, describe, height = 260, steps = false }) {
  const holder = element('div', { class: 'plot' });
  const draw = () => {
    const width = Math.max(holder.clientWidth, 260);
    const left = 58, right = 12, top = 10, bottom = 28;
    const place = (axis, from, to) => {
      const scale = axis.log ? Math.log10 : (value) => value;
      const low = scale(axis.from), high = scale(axis.to);
      return (value) => from + (to - from) * (high === low ? 0 : (scale(value) - low) / (high - low));
    };
    const px = place(x, left, width - right), py = place(y, height - bottom, top);
    const svg = element('svg', { viewBox: `0 0 ${width} ${height}`, height, role: 'img', 'aria-label': describe });
    for (const tick of y.ticks) {
      svg.append(element('line', { class: 'grid', x1: left, x2: width - right, y1: py(tick), y2: py(tick) }));
      svg.append(element('text', { x: left - 8, y: py(tick) + 4, 'text-anchor': 'end' }, y.format(tick)));
    }
    svg.append(element('line', { class: 'axis', x1: left, x2: width - right, y1: height - bottom, y2: height - bottom }));
    let last = -Infinity;
    for (const tick of x.ticks) {
      const label = x.format(tick), at = px(tick);
      const anchor = at > width - right - 20 ? 'end' : 'middle';
      const begin = anchor === 'end' ? at - 7 * label.length : at - 3.5 * label.length;
      svg.append(element('line', { class: 'axis', x1: at, x2: at, y1: height - bottom, y2: height - bottom + 4 }));
      if (begin < last + 10) continue;
      last = begin + 7 * label.length;
      svg.append(element('text', { x: at, y: height - 8, 'text-anchor': anchor }, label));
    }
    for (const one of [...series].reverse()) {
      const stroke = one.colour ?? colour(one.index);
      const points = one.points.map(([a, b]) => [px(a), py(Math.max(b, y.from))]);
      let path = '';
      points.forEach(([a, b], i) => { path += i === 0 ? `M${a} ${b}` : steps ? `H${a}V${b}` : `L${a} ${b}`; });
      const floor = height - bottom;
      if (one.area && points.length) {
        const area = `${path}L${points.at(-1)[0]} ${floor}L${points[0][0]} ${floor}Z`;
        svg.append(element('path', { d: area, fill: stroke, opacity: 0.1 }));
      }
      svg.append(element('path', { class: 'line', d: path, stroke }));
      if (points.length === 1) svg.append(element('circle', { class: 'dot', cx: points[0][0], cy: points[0][1], r: 4, fill: stroke }));
    }
    const pointer = element('g');
    svg.append(pointer);
    const tip = element('div', { class: 'tip', hidden: '' });
    const hide = () => { tip.hidden = true; pointer.replaceChildren(); };
    const show = (event) => {
      const mouse = event.clientX - svg.getBoundingClientRect().left;
      const nearest = (points) => points.reduce((best, point) =>
        Math.abs(px(point[0]) - mouse) < Math.abs(px(best[0]) - mouse) ? point : best);
      const found = series.filter((one) => one.points.length).map((one) => [one, nearest(one.points)]);
      if (!found.length) return;
      const at = px(found[0][1][0]);
      pointer.replaceChildren(element('line', { class: 'cross', x1: at, x2: at, y1: top, y2: height - bottom }),
        ...found.map(([one, [a, b]]) => element('circle', { class: 'dot', r: 5, cx: px(a), cy: py(Math.max(b, y.from)),
          fill: one.colour ?? colour(one.index) })));
      tip.replaceChildren(element('div', { class: 'head' }, x.name(found[0][1][0])),
        ...found.map(([one, point]) => element('div', {}, one.colour ? '' : key(one.index),
          y.name ? y.name(point[1]) : y.format(point[1]))));
      tip.hidden = false;
      const beside = at + 14 + tip.offsetWidth > width ? at - 14 - tip.offsetWidth : at + 14;
      tip.style.left = `${Math.max(0, beside)}px`;
    };
    svg.addEventListener('pointermove', show);
    svg.addEventListener('pointerdown', show);
    svg.addEventListener('pointerleave', hide);
    holder.replaceChildren(svg, tip);
  };
  let drawn = 0;
  new ResizeObserver(() => {
    if (holder.clientWidth !== drawn) { drawn = holder.clientWidth; draw(); }
  }).observe(holder);
  return holder;
}

// The share of requests that are slower, on a logarithmic scale: each nine takes the same room.
function latencyCurve() {
  const most = Math.max(...runs.map((one) => one.latency_us.count), 2);
  const nines = Math.min(Math.max(Math.ceil(Math.log10(most)), 2), 7);
  const slower = (share) => Math.max(1 - share, 10 ** -nines);
  const series = runs.map((one, index) => ({ index, points: one.curve_us.map(([share, us]) => [slower(share), us]) }))
    .filter((one) => one.points.length);
  if (!series.length) return null;
  const values = series.flatMap((one) => one.points.map((point) => point[1])).filter((us) => us > 0);
  const from = Math.min(...values), to = Math.max(...values);
  const y = { from: from * 0.9, to: to * 1.1, log: to / from > 8, format: tickTime, name: time };
  if (!y.log) y.from = 0;
  y.ticks = y.log ? logTicks(y.from, y.to) : niceTicks(0, y.to, 5);
  const marks = [1, 0.5, ...Array.from({ length: nines }, (_, i) => 10 ** -(i + 1))];
  const label = (left) => left <= 10 ** -nines ? 'max' : left === 1 ? 'p0'
    : `p${+(100 * (1 - left)).toFixed(Math.max(0, Math.ceil(-Math.log10(left)) - 2))}`;
  const x = { from: 1, to: 10 ** -nines, log: true, ticks: marks, format: label,
    name: (left) => left <= 10 ** -nines ? 'the slowest' : `${+(100 * (1 - left)).toPrecision(7)} % are not slower than` };
  return card('Latency by percentile', run.settings.loop === 'open'
    ? 'Counted from when each request was due, so that a stall is in all that it held up. Each nine has the same width.'
    : 'Closed loop: a connection asks again once it was answered. Each nine has the same width.',
  plot({ series, x, y, describe: 'Latency by percentile', height: 320 }));
}

function overTime(title, note, value, format, options = {}) {
  const series = runs.map((one, index) => ({ index, area: runs.length === 1 && !options.log, colour: options.colour,
    points: one.timeline.filter((second) => second.length_s > 0.3 && (!options.latency || second.done)).map((second) => [second.at_s + second.length_s / 2, value(second)]) }));
  const values = series.flatMap((one) => one.points.map((point) => point[1]));
  const length = Math.max(...runs.map((one) => one.totals.seconds), 1);
  const high = Math.max(...values, 1e-9);
  const x = { from: 0, to: length, ticks: niceTicks(0, length, Math.min(length, 8)), format: (s) => `${+s.toFixed(1)} s`,
    name: (s) => `second ${Math.floor(s) + 1}` };
  const y = { from: 0, to: high * 1.12, format, name: options.name };
  y.ticks = niceTicks(0, y.to, 4);
  if (options.whole) y.ticks = y.ticks.filter((tick) => Number.isInteger(tick));
  return card(title, note, plot({ series, x, y, describe: title, height: 200 }));
}

// ---- the page
function tiles() {
  const list = element('div', { class: 'tiles' });
  const add = (name, read, parts, bad) => {
    const value = read(run), beside = other ? read(other) : null;
    if (value === null || value === undefined) return;
    const [number, unit] = parts(value);
    list.append(element('div', { class: `tile${bad?.(value) ? ' bad' : ''}` }, element('div', { class: 'name' }, name),
      element('div', { class: 'value' }, number, unit ? element('small', {}, unit) : null),
      beside === null || beside === undefined ? null
        : element('div', { class: 'other' }, `beside ${parts(beside).filter(Boolean).join('\u202f')}`)));
  };
  const streams = run.settings.scenario === 'idle-streams';
  if (streams) add('Open streams', (r) => r.totals.open_streams, (v) => [count(v)]);
  add('Throughput', (r) => r.totals.per_second, (v) => [digits(v), '/s']);
  add('Median', (r) => r.latency_us.p50, timeParts);
  add('p99', (r) => r.latency_us.p99, timeParts);
  add('p99.9', (r) => r.latency_us.p99_9, timeParts);
  add('Slowest', (r) => r.latency_us.max, timeParts);
  add('Failed', (r) => r.totals.failed, (v) => [count(v)], (v) => v > 0);
  add('Server CPU a request', (r) => r.server?.cpu_us_per_request, timeParts);
  add('Generator CPU', (r) => r.generator.share_of_its_cores,
    (v) => [digits(100 * v), '%']);
  return list;
}

function percentileTable() {
  const names = element('tr', {}, element('th', {}, ''), ...runs.map((one, index) => element('th', {}, key(index), ' ', one.label)),
    other ? element('th', {}, 'ratio') : null);
  const rows = percentiles.map(([name]) => {
    const ratio = other ? run.latency_us[name] / other.latency_us[name] : null;
    return element('tr', {}, element('td', {}, shown(name)), ...runs.map((one) => element('td', {}, time(one.latency_us[name]))),
      other ? element('td', {}, Number.isFinite(ratio) ? `× ${digits(ratio)}` : '–') : null);
  });
  return card('Latency', null, element('div', { class: 'scroll' }, element('table', { class: 'narrow' }, names, ...rows)));
}

function operationsTable(one, index) {
  if (!one.operations.length) return null;
  const names = element('tr', {}, ...['request', 'done', 'p50', 'p90', 'p99', 'p99.9', 'max'].map((name) => element('th', {}, name)));
  const rows = one.operations.map((operation) => element('tr', {}, element('td', {}, operation.name),
    element('td', {}, count(operation.done)),
    ...['p50', 'p90', 'p99', 'p99_9', 'max'].map((name) => element('td', {}, time(operation.latency_us[name])))));
  return card(runs.length > 1 ? `Requests of ${one.label}` : 'Requests', 'Each counted from when it was sent.',
    element('div', { class: 'scroll' }, element('table', {}, names, ...rows)));
}

function errorsTable() {
  const kinds = [...new Set(runs.flatMap((one) => Object.keys(one.errors)))];
  if (!kinds.length) return null;
  const statuses = (one) => Object.entries(one.wrong_statuses).map(([status, times]) => `${status}: ${count(times)}`).join(', ');
  const names = element('tr', {}, element('th', {}, 'kind'), ...runs.map((one) => element('th', {}, one.label)));
  const rows = kinds.map((kind) => element('tr', {}, element('td', {}, kind.replace('_', ' ')),
    ...runs.map((one) => element('td', {}, count(one.errors[kind] ?? 0)))));
  const samples = runs.flatMap((one) => one.error_samples).slice(0, 6)
    .map((sample) => element('p', { class: 'note' }, element('code', {}, sample)));
  return card('Failures', runs.map(statuses).filter(Boolean).join(' · ') || null,
    element('div', { class: 'scroll' }, element('table', {}, names, ...rows)), ...samples);
}

function setup(one, index) {
  const { settings, machine, generator, server, totals, preparation } = one;
  const rows = [
    ['Command', element('code', {}, `sluice-loadgen ${settings.command.join(' ')}`)],
    ['Load', `${settings.loop === 'open' ? `open loop, ${digits(settings.rate)}/s, ${settings.arrivals} arrivals`
      : 'closed loop'}; ${settings.connections} connections, ${settings.threads} thread${settings.threads > 1 ? 's' : ''}`
      + `${settings.pipeline > 1 ? `, ${settings.pipeline} requests at once on each` : ''}`
      + `${settings.new_connections ? ', a new connection for each request' : ''}`],
    ['Measured', `${digits(totals.seconds)} s, behind ${digits(settings.warm_up_s)} s of warm-up`],
    ['Answered', `${count(totals.done)} units of work, ${count(totals.requests)} requests, ${bytes(totals.bytes_received)}`],
    preparation.tokens ? ['Prepared', `${count(preparation.tokens)} tokens in ${digits(preparation.seconds)} s`] : null,
    totals.tls ? ['TLS', `${totals.tls}; ${count(totals.connects)} connections made, ${count(totals.tls_resumed)} resumed`] : null,
    ['Generator', `${digits(generator.cpu_us_per_request)} µs CPU a request, ${percent(generator.share_of_its_cores)} of its cores`],
    generator.late_us ? ['Pacing', `half of the requests left within ${time(generator.late_us.p50)} of when they were due, 99 % within ${time(generator.late_us.p99)}`] : null,
    server ? ['Server', `${digits(server.cpu_us_per_request)} µs CPU a request, ${digits(server.cores_used)} cores busy, ${bytes(server.resident_bytes)} resident`] : null,
    ['Machine', `${machine.processor}, ${machine.cores} cores, Linux ${machine.kernel}`],
    ['Begun', `${one.started_at.replace('T', ' ').replace('Z', ' UTC')}, sluice-loadgen ${one.version}`],
  ];
  return card(runs.length > 1 ? `How ${one.label} was measured` : 'How it was measured', null,
    element('dl', {}, ...rows.filter(Boolean).flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)])));
}

function page() {
  document.title = `${run.label}${other ? ` beside ${other.label}` : ''} – load report`;
  const report = document.getElementById('report');
  const warnings = runs.flatMap((one) => one.warnings.map((text) => runs.length > 1 ? `${one.label}: ${text}` : text));
  const failed = runs.some((one) => one.totals.failed > 0);
  const parts = [
    element('h1', {}, run.label),
    element('p', { class: 'sub' }, `${run.settings.scenario} at ${run.settings.url}`),
    other ? element('ul', { class: 'legend' }, ...runs.map((one, index) => element('li', {}, key(index),
      element('b', {}, one.label), index ? 'beside it' : 'this run'))) : null,
    warnings.length ? element('ul', { class: 'warnings' }, ...warnings.map((text) => element('li', {}, text))) : null,
    tiles(),
    latencyCurve(),
    percentileTable(),
    element('div', { class: 'pair' },
      overTime('Throughput', 'Units of work that ended well, a second', (s) => s.done / s.length_s, compact),
      failed ? overTime('Failures', 'Units of work that failed, a second', (s) => s.failed / s.length_s, compact,
        { whole: true, colour: runs.length > 1 ? undefined : 'var(--bad)' }) : null,
      overTime('Median latency', 'Of each second', (s) => s.p50_us, tickTime, { name: time, latency: true }),
      overTime('p99 latency', 'Of each second', (s) => s.p99_us, tickTime, { name: time, latency: true }),
      failed ? null : overTime('Slowest', 'Of each second', (s) => s.max_us, tickTime, { name: time, latency: true })),
    errorsTable(),
    ...runs.map(operationsTable),
    ...runs.map(setup),
  ];
  report.append(...parts.filter(Boolean));
}
page();
