// Traces: a list with filters, newest first.
import { empty, h, icon, sync } from './dom.js';
import { count, duration, time } from './format.js';
import { get, live, send } from './server.js';
import { selectable } from './details.js';
import { go, remember } from './router.js';
import { resourceChoice } from './logs.js';
import { colourClass } from './colours.js';

export function tracesPage(root, { query }) {
  let pending = null;
  let again = false;
  let seen = -1;
  const refresh = () => load();
  const resource = resourceChoice(query.get('resource'), refresh);
  resource.fill(live.telemetry);
  const text = h('input', { class: 'field', type: 'search', placeholder: 'Filter name, attribute, id', 'aria-label': 'Filter name, attribute or id', value: query.get('text') ?? '', oninput: refresh });
  const min = h('select', { class: 'field', 'aria-label': 'Duration', onchange: refresh }, [['', 'Any duration'], ['10', '10 ms and more'], ['100', '100 ms and more'], ['1000', '1 s and more'], ['10000', '10 s and more']].map(([value, name]) => h('option', { value }, name)));
  min.value = query.get('min') ?? '';
  const errors = h('button', { type: 'button', class: 'button', 'aria-pressed': String(query.get('errors') === '1'), onclick: () => { errors.setAttribute('aria-pressed', String(errors.getAttribute('aria-pressed') !== 'true')); load(); } }, 'Errors only');
  const clear = h('button', { type: 'button', class: 'button', title: 'Forget all traces', onclick: async () => { await send('DELETE', '/api/telemetry?kind=traces'); } }, icon('clear'), 'Clear');
  const tally = h('span', { class: 'muted' });
  const body = h('tbody');
  const table = h('table', { class: 'traces' }, h('thead', {}, h('tr', {}, [['Time', ''], ['Name', ''], ['Spans', 'hide-small'], ['Duration', 'length']].map(([name, cls]) => h('th', { scope: 'col', class: cls }, name)))), body);
  const list = h('div', { class: 'panel' }, table);
  const nothing = empty('No traces', 'Calls that the resources make and answer show here as they end.');
  root.append(h('div', { class: 'page-head' }, h('h1', {}, 'Traces', tally), h('div', { class: 'filters' }, resource.select, text, min, errors, clear)), h('div', { class: 'page-body' }, list));
  selectable(body, id => go(`/traces/detail/${id}`));

  async function load() {
    if (pending) { again = true; return; }
    const filter = { resource: resource.select.value, text: text.value.trim(), min: min.value, errors: errors.getAttribute('aria-pressed') === 'true' };
    remember(filter);
    pending = get('/api/traces', filter);
    try {
      show(await pending);
    } finally {
      pending = null;
    }
    if (again) { again = false; await load(); }
  }

  function show({ items, total, longest }) {
    tally.textContent = total > items.length ? `newest ${count(items.length)} of ${count(total)}` : count(total);
    sync(body, items, t => t.id, t => JSON.stringify([t, longest]), t => row(t, longest));
    if (items.length === 0) list.replaceChildren(nothing);
    else if (!table.isConnected) list.replaceChildren(table);
  }

  const off = live.on('telemetry', telemetry => {
    resource.fill(telemetry);
    if (telemetry.traces === seen) return;
    seen = telemetry.traces;
    load();
  });
  load();
  return off;
}

const row = (trace, longest) => h('tr', { class: 'selectable' },
  h('td', {}, time(trace.start, true)),
  h('td', { class: 'wide' }, h('span', { class: 'cell' }, h('button', { type: 'button', class: 'row-button', 'data-focus': 'open' }, h('span', { class: 'muted' }, `${trace.resource}: `), trace.name), h('span', { class: 'mono muted hide-small' }, trace.id.slice(0, 7)), trace.hasError && h('span', { class: 'badge error' }, 'error'))),
  h('td', { class: 'hide-small' }, h('span', { class: 'chips' }, trace.resources.map(r =>
    h('span', { class: `chip ${colourClass(r.name)}`, title: r.errors ? `${r.errors} with an error` : '' }, r.name, h('b', {}, count(r.spans)))))),
  h('td', { class: 'length' }, h('span', { class: 'bar-box' }, bar(trace.duration / longest), h('span', {}, duration(trace.duration)))));

function bar(share) {
  const element = h('i', { class: 'bar' });
  element.style.width = `${Math.max(1, 100 * share)}%`;
  return h('span', { class: 'bar-room' }, element);
}
