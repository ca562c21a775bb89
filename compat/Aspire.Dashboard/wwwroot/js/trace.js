// One trace: its spans as a waterfall over all resources, and the details of one.
import { empty, h, icon, sync } from './dom.js';
import { count, duration, time } from './format.js';
import { get, live } from './server.js';
import { attributes, copyButton, facts, link, panel, section, selectable } from './details.js';
import { remember } from './router.js';
import { colourClass } from './colours.js';

const marks = 4;

export function tracePage(root, { params: [id], query }) {
  let trace = null;
  let seen = -1;
  let selected = query.get('span');
  const folded = new Set();
  const body = h('tbody');
  const ruler = h('span', { class: 'ruler' });
  const table = h('table', { class: 'waterfall' }, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Span'), h('th', { scope: 'col' }, h('span', { class: 'visually-hidden' }, 'Timeline'), ruler), h('th', { scope: 'col', class: 'num' }, 'Duration'))), body);
  const list = h('div', { class: 'panel' }, table);
  const frame = h('div', { class: 'page-body' }, list);
  const heading = h('h1', {}, 'Trace');
  const summary = h('div', { class: 'summary' });
  root.append(h('div', { class: 'page-head' }, h('a', { class: 'icon-button', href: '/traces', 'data-link': true, 'aria-label': 'Back to traces', title: 'Back to traces' }, icon('back')), heading), summary, frame);
  selectable(body, open);
  body.addEventListener('keydown', event => {
    const key = event.target.closest('tr[data-key]')?.dataset.key;
    if (event.key === 'ArrowLeft' && key) { folded.add(key); show(); }
    if (event.key === 'ArrowRight' && key) { folded.delete(key); show(); }
  });

  async function load() {
    const loaded = await get(`/api/traces/${id}`).catch(() => null);
    if (!loaded) {
      list.replaceChildren(empty('This trace is not kept', 'It is too old, or it has not come yet.'));
      return;
    }
    if (!table.isConnected) list.replaceChildren(table);
    trace = loaded;
    trace.rows = order(trace.spans);
    show();
    if (selected && !frame.querySelector('.details')) open(selected);
  }

  function show() {
    const root = trace.rows[0]?.span;
    heading.replaceChildren(h('span', {}, root?.name ?? 'Trace'), h('span', { class: 'muted mono' }, trace.id));
    const resources = [...new Set(trace.rows.map(r => r.span.resource))];
    const failed = trace.spans.filter(s => s.status === 'Error').length;
    const depth = Math.max(...trace.rows.map(r => r.depth)) + 1;
    summary.replaceChildren(...[
      ['Started', time(trace.start, true)], ['Duration', duration(trace.duration)], ['Spans', count(trace.spans.length)], ['Depth', count(depth)],
      failed > 0 && ['Errors', h('span', { class: 'badge error' }, count(failed))],
      trace.dropped > 0 && ['Not kept', count(trace.dropped)],
      ['Logs', trace.logs > 0 ? link(`/structuredlogs?trace=${trace.id}`, count(trace.logs)) : '0'],
    ].filter(Boolean).map(([name, value]) => h('span', {}, h('span', { class: 'muted' }, name), ' ', value)),
    h('span', { class: 'chips' }, resources.map(name => h('span', { class: `chip ${colourClass(name)}` }, name))));
    ruler.replaceChildren(...Array.from({ length: marks + 1 }, (_, i) => place(h('span', {}, duration(trace.duration * i / marks)), i / marks)));
    const hidden = new Set();
    const shown = trace.rows.filter(({ span, parent }) => {
      if (parent && (hidden.has(parent) || folded.has(parent))) { hidden.add(span.id); return false; }
      return true;
    });
    sync(body, shown, r => r.span.id, r => JSON.stringify([r.depth, r.children, r.span, trace.duration, r.span.id === selected, folded.has(r.span.id)]), row);
  }

  function row({ span, depth, children }) {
    const fold = children > 0 && h('button', { type: 'button', class: 'fold', 'aria-expanded': String(!folded.has(span.id)), 'aria-label': `${folded.has(span.id) ? 'Show' : 'Hide'} ${children} below`, 'data-focus': 'fold',
      onclick: event => { event.stopPropagation(); folded.has(span.id) ? folded.delete(span.id) : folded.add(span.id); show(); } }, icon('chevron'));
    const name = h('span', { class: 'span-name' }, fold || h('span', { class: 'fold' }),
      h('i', { class: `dot ${colourClass(span.resource)}` }),
      h('button', { type: 'button', class: 'row-button', 'data-focus': 'open', title: `${span.resource}: ${span.name}` }, h('span', { class: 'muted' }, `${span.resource} `), span.name),
      span.status === 'Error' && h('span', { class: 'badge error' }, 'error'));
    name.style.paddingLeft = `${Math.min(depth, 16) * 14}px`;
    return h('tr', { class: 'selectable', 'aria-selected': String(span.id === selected) }, h('td', {}, name), h('td', { class: 'line-cell' }, timeline(span)), h('td', { class: 'num' }, duration(span.duration)));
  }

  function timeline(span) {
    const total = trace.duration || 1;
    const bar = h('i', { class: `bar ${colourClass(span.resource)} ${span.status === 'Error' ? 'failed' : ''}` });
    bar.style.left = `${100 * span.start / total}%`;
    bar.style.width = `max(2px, ${100 * span.duration / total}%)`;
    return h('span', { class: 'timeline' }, bar, span.events.slice(0, 100).map(e => place(h('b', { class: 'event', title: `${e.name}, ${duration(e.time)}` }), Math.min(1, Math.max(0, e.time / total)))));
  }

  function open(key) {
    selected = key;
    remember({ span: key });
    show();
    const span = trace.spans.find(s => s.id === key);
    frame.querySelector('.details')?.remove();
    if (span) frame.append(details(span, trace, () => { selected = null; remember({ span: null }); frame.querySelector('.details')?.remove(); show(); }));
  }

  const off = live.on('telemetry', telemetry => {
    if (telemetry.traces === seen) return;
    seen = telemetry.traces;
    load();
  });
  if (seen < 0) load();
  return off;
}

function place(element, share) {
  element.style.left = `${100 * share}%`;
  return element;
}

// Parents before their children, children by start; a span whose parent is not here stands at the top.
function order(spans) {
  const known = new Set(spans.map(s => s.id));
  const below = new Map();
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const parent = known.has(span.parent) && span.parent !== span.id ? span.parent : '';
    below.set(parent, [...below.get(parent) ?? [], span]);
  }
  const rows = [];
  const done = new Set();
  const visit = (parent, depth) => {
    for (const span of below.get(parent) ?? []) {
      if (done.has(span.id)) continue;
      done.add(span.id);
      rows.push({ span, depth, parent: parent || null, children: (below.get(span.id) ?? []).length });
      visit(span.id, depth + 1);
    }
  };
  visit('', 0);
  for (const span of spans) {
    // Spans that are each other's parents are reached from nowhere.
    if (!done.has(span.id)) { done.add(span.id); rows.push({ span, depth: 0, parent: null, children: 0 }); }
  }
  return rows;
}

function details(span, trace, close) {
  return panel(span.name, close,
    section('Span', facts([
      ['Resource', h('span', {}, h('span', { class: `chip ${colourClass(span.resource)}` }, span.resource))],
      ['Kind', span.kind],
      ['Source', span.scope],
      ['Started', `${duration(span.start)} after the trace`],
      ['Duration', duration(span.duration)],
      ['Status', span.status === 'Unset' ? null : h('span', { class: `badge ${span.status === 'Error' ? 'error' : ''}` }, span.status)],
      ['Message', span.statusMessage],
      ['Span id', h('span', { class: 'with-copy' }, h('span', { class: 'value' }, span.id), copyButton(span.id))],
      ['Trace state', span.traceState],
    ]), h('div', { class: 'links' }, link(`/structuredlogs?trace=${trace.id}`, 'Logs of this trace'))),
    section('Attributes', attributes(span.attributes)),
    span.events.length > 0 && section(['Events ', h('span', { class: 'badge' }, String(span.events.length))], span.events.map(event =>
      h('details', {}, h('summary', {}, event.name, ' ', h('span', { class: 'muted' }, duration(Math.max(0, event.time)))), attributes(event.attributes)))),
    span.links.length > 0 && section('Links', span.links.map(each => h('p', {}, link(`/traces/detail/${each.traceId}?span=${each.spanId}`, h('span', { class: 'mono' }, `${each.traceId.slice(0, 7)} / ${each.spanId}`))))),
    section('Resource', attributes(span.resourceAttributes)));
}
