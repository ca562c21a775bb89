// Metrics: the instruments of a resource, and a chart of one.
import { empty, h, icon } from './dom.js';
import { count, measure } from './format.js';
import { get, live, send } from './server.js';
import { remember } from './router.js';
import { chart } from './chart.js';

const lengths = [['1', 'Last minute'], ['5', 'Last 5 minutes'], ['15', 'Last 15 minutes'], ['30', 'Last 30 minutes'], ['60', 'Last hour'], ['180', 'Last 3 hours'], ['720', 'Last 12 hours']];
const kinds = { Counter: 'Counter, shown as a rate', Gauge: 'Gauge', Histogram: 'Histogram, shown as percentiles' };

export function metricsPage(root, { query }) {
  let all = [];
  let chosen = { resource: query.get('resource'), meter: query.get('meter'), instrument: query.get('instrument') };
  let filters = query.getAll('filter');
  let by = query.get('by') ?? '';
  let seen = -1;
  let pending = false;
  const resource = h('select', { class: 'field', 'aria-label': 'Resource', onchange: () => { chosen = { resource: resource.value }; filters = []; by = ''; update(); } });
  const length = h('select', { class: 'field', 'aria-label': 'Time', onchange: () => update() }, lengths.map(([value, name]) => h('option', { value }, name)));
  length.value = query.get('minutes') ?? '5';
  const clear = h('button', { type: 'button', class: 'button', title: 'Forget all metrics', onclick: async () => { await send('DELETE', '/api/telemetry?kind=metrics'); } }, icon('clear'), 'Clear');
  const tree = h('nav', { class: 'panel instruments', 'aria-label': 'Instruments' });
  const title = h('h2', {}, '');
  const about = h('p', { class: 'muted' });
  const tags = h('div', { class: 'chips' });
  const drawing = chart(values => `Chart of ${chosen.instrument}${values.length ? `, newest: ${values.join(', ')}` : ''}`);
  const dimensions = h('div', { class: 'dimensions' });
  const sheet = h('div', { class: 'sheet' }, h('div', { class: 'sheet-head' }, title, tags), about, drawing.element, dimensions);
  const nothing = empty('No metrics', 'Resources that send metrics show here.');
  const view = h('div', { class: 'panel' }, nothing);
  root.append(h('div', { class: 'page-head' }, h('h1', {}, 'Metrics'), h('div', { class: 'filters' }, resource, length, clear)), h('div', { class: 'page-body metrics' }, tree, view));

  async function update() {
    if (pending) return;
    pending = true;
    try {
      all = await get('/api/metrics');
      choose();
      showTree();
      await showChart();
    } finally {
      pending = false;
    }
  }

  function choose() {
    const found = all.find(r => r.key === chosen.resource || r.name === chosen.resource) ?? all[0];
    if (!found) return;
    const meter = found.meters.find(m => m.name === chosen.meter) ?? found.meters[0];
    const instrument = meter?.instruments.find(i => i.name === chosen.instrument) ?? meter?.instruments[0];
    chosen = { resource: found.key, meter: meter?.name, instrument: instrument?.name };
  }

  function showTree() {
    const names = JSON.stringify(all.map(r => [r.key, r.name]));
    if (resource.mark !== names) {
      resource.mark = names;
      resource.replaceChildren(...all.map(r => h('option', { value: r.key }, r.name)));
    }
    resource.value = chosen.resource ?? '';
    const meters = all.find(r => r.key === chosen.resource)?.meters ?? [];
    const mark = JSON.stringify([meters.map(m => [m.name, m.instruments.map(i => i.name)]), chosen]);
    if (tree.mark === mark) return;
    const focused = tree.contains(document.activeElement) ? document.activeElement.textContent : null;
    tree.mark = mark;
    tree.replaceChildren(...meters.map(meter => h('section', {}, h('h3', {}, meter.name || '(no name)'), h('ul', {}, meter.instruments.map(i =>
      h('li', {}, h('button', { type: 'button', title: i.description, 'aria-current': String(meter.name === chosen.meter && i.name === chosen.instrument),
        onclick: () => { chosen = { resource: chosen.resource, meter: meter.name, instrument: i.name }; filters = []; by = ''; update(); } }, i.name)))))));
    if (focused) [...tree.querySelectorAll('button')].find(b => b.textContent === focused)?.focus();
  }

  async function showChart() {
    remember({ ...chosen, minutes: length.value === '5' ? null : length.value, filter: filters, by });
    if (!chosen.instrument) { view.replaceChildren(nothing); return; }
    const series = await get('/api/metrics/series', { ...chosen, minutes: length.value, filter: filters, by }).catch(() => null);
    if (!series) { view.replaceChildren(nothing); return; }
    if (!sheet.isConnected) view.replaceChildren(sheet);
    title.textContent = series.name;
    about.textContent = series.description || 'No description.';
    tags.replaceChildren(...[kinds[series.kind], series.unit && `Unit ${series.unit}`, `${count(series.chosen)} of ${count(series.dimensions)} sets of attributes`].filter(Boolean).map(t => h('span', { class: 'badge' }, t)));
    drawing.set({ ...series, format: value => measure(value, series.unit, series.kind === 'Counter') });
    showDimensions(series);
  }

  function showDimensions(series) {
    const mark = JSON.stringify([series.attributes, filters, by, series.kind]);
    if (dimensions.mark === mark) return;
    const focused = dimensions.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
    dimensions.mark = mark;
    dimensions.replaceChildren(...(series.attributes.length === 0 ? [] : [h('h3', {}, 'Filter by attribute')]), ...series.attributes.map(attribute =>
      h('fieldset', {}, h('legend', {}, h('span', { class: 'mono' }, attribute.name),
        series.kind !== 'Histogram' && attribute.values.length > 1 && h('button', { type: 'button', class: 'link-button', 'data-focus': `by ${attribute.name}`, 'aria-pressed': String(by === attribute.name), onclick: () => { by = by === attribute.name ? '' : attribute.name; showChart(); } }, by === attribute.name ? 'one line' : 'a line each')),
      attribute.values.map(value => {
        const filter = `${attribute.name}=${value}`;
        return h('button', { type: 'button', class: 'choice', 'data-focus': filter, 'aria-pressed': String(filters.includes(filter)), onclick: () => { filters = filters.includes(filter) ? filters.filter(f => f !== filter) : [...filters, filter]; showChart(); } }, value || '(empty)');
      }))));
    if (focused) dimensions.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  }

  const off = live.on('telemetry', telemetry => {
    if (telemetry.metrics === seen) return;
    seen = telemetry.metrics;
    update();
  });
  const tick = setInterval(() => document.hidden || update(), 2_000);
  if (seen < 0) update();
  return () => { off(); clearInterval(tick); };
}
