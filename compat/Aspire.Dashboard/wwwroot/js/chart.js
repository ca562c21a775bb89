// A line chart in SVG: time across, values up, gaps where nothing is known, a readout that follows the pointer or the arrow keys.
import { h, s } from './dom.js';

const size = { height: 340, left: 74, right: 16, top: 14, bottom: 30 };
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });

export function chart(describe) {
  let data = null;
  let at = null;
  // As wide as there is room, so that text keeps its size.
  let width = 800;
  const grid = s('g', { class: 'grid' });
  const lines = s('g', { class: 'lines' });
  const cursor = s('g', { class: 'cursor' });
  const svg = s('svg', { class: 'chart', height: size.height, role: 'img', tabindex: 0, 'aria-label': 'Chart' }, grid, lines, cursor);
  const legend = h('div', { class: 'legend' });
  const height = size.height - size.top - size.bottom;
  const room = () => width - size.left - size.right;
  const x = i => size.left + room() * i / Math.max(1, data.times.length - 1);
  const y = value => size.top + height * (1 - (value - data.low) / (data.high - data.low));

  function set(series) {
    const values = series.lines.flatMap(line => line.values).filter(v => v !== null);
    const [low, high, step] = scale(values);
    data = { ...series, low, high, step };
    draw();
  }

  function draw() {
    grid.replaceChildren();
    for (let value = data.low; value <= data.high + data.step / 2; value += data.step) {
      grid.append(s('line', { x1: size.left, x2: width - size.right, y1: y(value), y2: y(value) }),
        s('text', { x: size.left - 10, y: y(value) + 4, 'text-anchor': 'end' }, data.format(Math.abs(value) < data.step / 1e6 ? 0 : value)));
    }
    const every = Math.max(1, Math.ceil(data.times.length / Math.max(2, Math.floor(room() / 110))));
    for (let i = data.times.length - 1; i >= 0; i -= every) {
      grid.append(s('text', { x: x(i), y: size.height - 8, 'text-anchor': i === data.times.length - 1 ? 'end' : 'middle' }, clock.format(data.times[i])));
    }
    lines.replaceChildren(...data.lines.map((line, i) => s('path', { class: `line line-${i}`, d: path(line.values) })).reverse());
    show();
  }

  function path(values) {
    let d = '';
    values.forEach((value, i) => {
      if (value === null) return;
      const alone = (values[i - 1] ?? null) === null;
      d += `${alone ? 'M' : 'L'}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
      // A value between gaps would be no line at all.
      if (alone && (values[i + 1] ?? null) === null) d += 'h.01';
    });
    return d;
  }

  function show() {
    const i = at ?? lastKnown();
    cursor.replaceChildren();
    if (at !== null) {
      cursor.append(s('line', { x1: x(i), x2: x(i), y1: size.top, y2: size.height - size.bottom }));
      data.lines.forEach((line, k) => { if (line.values[i] !== null) cursor.append(s('circle', { class: `line-${k}`, cx: x(i), cy: y(line.values[i]), r: 4 })); });
    }
    legend.replaceChildren(h('span', { class: 'muted' }, i < 0 ? '–' : clock.format(data.times[i])), ...data.lines.map((line, k) =>
      h('span', { class: 'entry' }, h('i', { class: `swatch line-${k}` }), line.label === 'all' ? '' : line.label, ' ', h('b', {}, data.format(i < 0 ? null : line.values[i])))));
    svg.setAttribute('aria-label', describe(i < 0 ? [] : data.lines.map(line => `${line.label} ${data.format(line.values[i])}`)));
  }

  function lastKnown() {
    for (let i = data.times.length - 1; i >= 0; i--) if (data.lines.some(line => line.values[i] !== null)) return i;
    return -1;
  }

  svg.addEventListener('pointermove', event => {
    if (!data) return;
    const box = svg.getBoundingClientRect();
    const position = event.clientX - box.left;
    at = Math.min(data.times.length - 1, Math.max(0, Math.round((position - size.left) / room() * (data.times.length - 1))));
    show();
  });
  svg.addEventListener('pointerleave', () => { at = null; if (data) show(); });
  svg.addEventListener('blur', () => { at = null; if (data) show(); });
  svg.addEventListener('keydown', event => {
    const step = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (!step || !data) return;
    event.preventDefault();
    at = Math.min(data.times.length - 1, Math.max(0, (at ?? lastKnown()) + step));
    show();
  });
  new ResizeObserver(([entry]) => {
    if (Math.abs(entry.contentRect.width - width) < 1) return;
    width = Math.max(240, entry.contentRect.width);
    if (data) draw();
  }).observe(svg);
  return { element: h('figure', { class: 'chart-box' }, svg, legend), set };
}

// Round numbers around all values, with zero when they are near it: 1, 2 or 5 times a power of ten, four to eight of them.
function scale(values) {
  if (values.length === 0) return [0, 1, 0.25];
  let low = Math.min(...values), high = Math.max(...values);
  if (low > 0 && low < high * 0.6 || low === high && low > 0) low = 0;
  if (low === high) high = low + 1;
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(f => f * power).find(each => each >= rough);
  return [Math.floor(low / step) * step, Math.ceil(high / step) * step, step];
}
