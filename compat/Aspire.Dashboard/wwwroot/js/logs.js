// Structured logs: a list with filters, newest below, and the details of one.
import { empty, h, icon, sync } from './dom.js';
import { count, time } from './format.js';
import { get, live, send } from './server.js';
import { attributes, copyButton, facts, link, panel, section, selectable } from './details.js';
import { remember } from './router.js';

const levels = [['', 'All levels'], ['Trace', 'Trace and above'], ['Debug', 'Debug and above'], ['Information', 'Information and above'], ['Warning', 'Warning and above'], ['Error', 'Error and above'], ['Critical', 'Critical']];
const short = { Trace: 'Trace', Debug: 'Debug', Information: 'Info', Warning: 'Warning', Error: 'Error', Critical: 'Critical', Unspecified: '–' };

export function resourceChoice(value, onchange) {
  const select = h('select', { class: 'field', 'aria-label': 'Resource', onchange });
  const fill = telemetry => {
    const chosen = select.value || value || '';
    const known = telemetry.resources.some(r => r.key === chosen) || !chosen ? telemetry.resources : [...telemetry.resources, { key: chosen, name: live.nameOf(chosen) }];
    const mark = JSON.stringify(known);
    if (select.mark === mark) return;
    select.mark = mark;
    select.replaceChildren(h('option', { value: '' }, 'All resources'), ...known.map(r => h('option', { value: r.key }, r.name)));
    select.value = chosen;
  };
  return { select, fill };
}

export function logsPage(root, { query }) {
  let selected = query.get('log');
  let pending = null;
  let again = false;
  let seen = -1;
  let following = true;
  const refresh = () => load();
  const resource = resourceChoice(query.get('resource'), refresh);
  resource.fill(live.telemetry);
  const level = h('select', { class: 'field', 'aria-label': 'Level', onchange: refresh }, levels.map(([value, name]) => h('option', { value }, name)));
  level.value = query.get('level') ?? '';
  const text = h('input', { class: 'field', type: 'search', placeholder: 'Filter text', 'aria-label': 'Filter text', value: query.get('text') ?? '', oninput: refresh });
  const trace = h('input', { class: 'field trace-id', type: 'search', placeholder: 'Trace id', 'aria-label': 'Trace id', spellcheck: 'false', value: query.get('trace') ?? '', oninput: refresh });
  const tally = h('span', { class: 'muted' });
  const clear = h('button', { type: 'button', class: 'button', title: 'Forget all logs', onclick: async () => { await send('DELETE', '/api/telemetry?kind=logs'); } }, icon('clear'), 'Clear');
  const body = h('tbody');
  const table = h('table', {}, h('thead', {}, h('tr', {}, [['Resource', ''], ['Level', ''], ['Time', ''], ['Message', ''], ['Trace', 'hide-small']].map(([name, cls]) => h('th', { scope: 'col', class: cls }, name)))), body);
  const list = h('div', { class: 'panel' }, table);
  const nothing = empty('No logs', 'What the resources log shows here as it comes.');
  const frame = h('div', { class: 'page-body' }, list);
  root.append(h('div', { class: 'page-head' }, h('h1', {}, 'Structured logs', tally), h('div', { class: 'filters' }, resource.select, level, text, trace, clear)), frame);
  list.addEventListener('scroll', () => { following = list.scrollHeight - list.scrollTop - list.clientHeight < 30; });
  selectable(body, open);

  async function load() {
    if (pending) { again = true; return; }
    const filter = { resource: resource.select.value, level: level.value, text: text.value.trim(), trace: trace.value.trim() };
    remember(filter);
    pending = get('/api/logs', { ...filter, limit: 500 });
    try {
      show(await pending);
    } finally {
      pending = null;
    }
    if (again) { again = false; await load(); }
  }

  function show({ items, total }) {
    tally.textContent = total > items.length ? `newest ${count(items.length)} of ${count(total)}` : count(total);
    sync(body, items, e => e.id, e => `${String(e.id) === selected}`, row);
    if (items.length === 0) list.replaceChildren(nothing);
    else if (!table.isConnected) list.replaceChildren(table);
    if (following) list.scrollTop = list.scrollHeight;
  }

  const row = entry => h('tr', { class: `selectable ${entry.level}`, 'aria-selected': String(String(entry.id) === selected) },
    h('td', {}, entry.resource),
    h('td', {}, h('span', { class: `level ${entry.level}` }, short[entry.level])),
    h('td', {}, time(entry.time, true)),
    h('td', { class: 'wide' }, h('span', { class: 'cell' }, h('button', { type: 'button', class: 'row-button plain', 'data-focus': 'open' }, entry.message || '(no message)'), entry.hasException && h('span', { class: 'badge error' }, 'exception'))),
    h('td', { class: 'hide-small' }, entry.traceId ? h('a', { class: 'mono', href: `/traces/detail/${entry.traceId}`, 'data-link': true }, entry.traceId.slice(0, 7)) : ''));

  async function open(id) {
    selected = id;
    remember({ log: id });
    for (const each of body.children) each.setAttribute('aria-selected', String(each.dataset.key === id));
    const entry = await get(`/api/logs/${id}`).catch(() => null);
    frame.querySelector('.details')?.remove();
    if (!entry) return;
    frame.append(details(entry, () => {
      selected = null;
      remember({ log: null });
      frame.querySelector('.details')?.remove();
      for (const each of body.children) each.setAttribute('aria-selected', 'false');
    }));
  }

  const off = live.on('telemetry', telemetry => {
    resource.fill(telemetry);
    if (telemetry.logs === seen) return;
    seen = telemetry.logs;
    load();
  });
  load();
  if (selected) open(selected);
  return off;
}

function details(entry, close) {
  const exception = entry.attributes.filter(a => a.key.startsWith('exception.'));
  return panel('Log entry', close,
    section(['Message ', copyButton(entry.message)], h('pre', {}, entry.message)),
    section('Entry', facts([
      ['Level', h('span', { class: `level ${entry.level}` }, entry.level)],
      ['Time', time(entry.time, true)],
      ['Resource', entry.resource],
      ['Category', entry.scope],
      ['Trace', entry.traceId && link(`/traces/detail/${entry.traceId}${entry.spanId ? `?span=${entry.spanId}` : ''}`, h('span', { class: 'mono' }, entry.traceId))],
      ['Span', entry.spanId && h('span', { class: 'value' }, entry.spanId)],
    ])),
    exception.length > 0 && section('Exception', exception.map(a => h('pre', { class: 'exception' }, a.value))),
    section('Attributes', attributes(entry.attributes.filter(a => !a.key.startsWith('exception.')))),
    section('Resource', attributes(entry.resourceAttributes)));
}
