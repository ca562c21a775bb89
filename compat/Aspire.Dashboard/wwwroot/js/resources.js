// Resources: a table or a graph of what runs, how it is, and what can be done to it.
import { h, icon, iconButton, sync } from './dom.js';
import { count, time, duration } from './format.js';
import { live, send, tell } from './server.js';
import { copyButton, facts, link, panel, section, selectable } from './details.js';
import { go, remember } from './router.js';
import { drawGraph } from './graph.js';

const busy = ['Starting', 'Stopping', 'Waiting'];
const icons = { 'resource-start': 'start', 'resource-stop': 'stop', 'resource-restart': 'restart' };

export function stateOf(resource) {
  const unhealthy = resource.health && resource.health !== 'Healthy';
  const style = busy.includes(resource.state) ? 'busy'
    : unhealthy ? 'warning'
    : resource.stateStyle === 'info' || !resource.state ? 'idle'
    : resource.stateStyle ?? '';
  if (resource.type === 'Parameter') return h('span', { class: `state ${resource.stateStyle}` }, resource.state === 'Running' ? 'Value known' : resource.state);
  const text = unhealthy ? `${resource.state} (${resource.health.toLowerCase()})`
    : resource.exitCode ? `${resource.state} (exit code ${resource.exitCode})`
    : resource.state === 'NotStarted' ? 'Not started'
    : resource.state ?? 'Unknown';
  return h('span', { class: `state ${style}` }, text);
}

export function resourcesPage(root, { query }) {
  const isGraph = location.pathname === '/graph';
  let selected = query.get('resource');
  const tally = h('span', { class: 'muted' });
  const search = h('input', { class: 'field', type: 'search', placeholder: 'Filter resources', 'aria-label': 'Filter resources', value: query.get('text') ?? '', oninput: () => { remember({ text: search.value }); show(); } });
  const tab = (href, name, iconName) => h('a', { class: 'button', href, 'data-link': true, 'aria-pressed': String((href === '/graph') === isGraph) }, icon(iconName), name);
  const body = h('tbody');
  const graph = h('div', { class: 'graph' });
  const table = h('table', {}, h('thead', {}, h('tr', {}, [['Name', ''], ['State', ''], ['Started', 'hide-narrow'], ['Source', 'hide-narrow'], ['Endpoints', 'hide-mid']].map(([name, cls]) =>
    h('th', { scope: 'col', class: cls }, name)), h('th', { scope: 'col' }, h('span', { class: 'visually-hidden' }, 'Actions')))), body);
  const list = h('div', { class: 'panel' }, isGraph ? graph : table);
  const frame = h('div', { class: 'page-body' }, list);
  root.append(h('div', { class: 'page-head' }, h('h1', {}, 'Resources', tally), h('div', { class: 'filters' }, search, tab('/', 'Table', 'table'), tab('/graph', 'Graph', 'graph'))), frame);
  selectable(body, open);

  function open(id) {
    selected = id;
    remember({ resource: id });
    show();
    frame.querySelector('.details .icon-button')?.focus();
  }

  function show() {
    const text = search.value.trim().toLowerCase();
    const shown = live.resources.filter(r => `${r.displayName} ${r.state} ${r.source ?? ''} ${r.type}`.toLowerCase().includes(text));
    const processes = live.resources.filter(r => r.type !== 'Parameter');
    tally.textContent = live.known ? `${processes.filter(r => r.state === 'Running').length} of ${processes.length} running` : '';
    if (isGraph) drawGraph(graph, shown, selected, open);
    else sync(body, shown, r => r.id, r => JSON.stringify([r, r.id === selected, live.telemetry.errors[r.id]]), row);
    showDetails();
  }

  function row(resource) {
    const errors = live.telemetry.errors[resource.id];
    return h('tr', { class: 'selectable', 'aria-selected': String(resource.id === selected) },
      h('td', {}, h('button', { type: 'button', class: 'row-button', 'data-focus': 'name' }, resource.displayName), ' ',
        h('span', { class: 'muted hide-small' }, resource.type),
        errors && h('a', { class: 'badge error', href: `/structuredlogs?resource=${encodeURIComponent(resource.id)}&level=Error`, 'data-link': true, title: 'Error logs' }, ` ${count(errors)} ${errors === 1 ? 'error' : 'errors'}`)),
      h('td', {}, stateOf(resource)),
      h('td', { class: 'hide-narrow' }, time(resource.started && Date.parse(resource.started))),
      h('td', { class: 'wide hide-narrow', title: resource.source }, resource.source ?? '–'),
      h('td', { class: 'hide-mid' }, endpoints(resource.urls)),
      h('td', { class: 'actions' }, actions(resource)));
  }

  function showDetails() {
    const resource = live.resources.find(r => r.id === selected);
    const old = frame.querySelector('.details');
    if (!resource) return old?.remove();
    const mark = JSON.stringify(resource);
    if (old?.mark === mark) return;
    const focus = old?.contains(document.activeElement) ? document.activeElement.dataset.focus ?? 'none' : null;
    const fresh = details(resource, () => { selected = null; remember({ resource: null }); show(); });
    fresh.mark = mark;
    old ? old.replaceWith(fresh) : frame.append(fresh);
    if (old) fresh.scrollTop = old.scrollTop;
    if (focus !== null) (fresh.querySelector(`[data-focus="${focus}"]`) ?? fresh.querySelector('button')).focus();
  }

  const off = [live.on('resources', show), live.on('telemetry', show)];
  return () => off.forEach(each => each());
}

const endpoints = urls => urls.length === 0 ? h('span', { class: 'muted' }, '–') : h('span', { class: 'links' }, urls.map(url =>
  /^https?:\/\//.test(url.url) && url.name !== 'grpc'
    ? h('a', { href: url.url, target: '_blank', rel: 'noopener noreferrer', title: url.name }, url.url)
    : h('span', { class: 'mono', title: url.name }, url.url)));

function actions(resource) {
  const own = resource.commands.filter(c => !icons[c.name]);
  return [
    ...resource.commands.filter(c => icons[c.name]).map(c => button(resource, c)),
    ...own.filter(c => c.isHighlighted).map(c => button(resource, c)),
    resource.type !== 'Parameter' && iconButton('console', `Console log of ${resource.displayName}`, () => go(`/consolelogs/resource/${encodeURIComponent(resource.id)}`), { small: true, focus: 'console' }),
  ];
}

const button = (resource, command) => iconButton(icons[command.name] ?? 'command', `${command.title} ${resource.displayName}`, () => execute(resource, command), { small: true, disabled: !command.isEnabled, focus: command.name });

export async function execute(resource, command) {
  if (command.confirmation && !await confirmed(command)) return;
  const result = await send('POST', `/api/resources/${encodeURIComponent(resource.id)}/commands/${encodeURIComponent(command.name)}`);
  if (result.success) tell(`${command.title}: ${resource.displayName}, done.`);
  else if (result.error) tell(`${command.title}: ${result.error}`, true);
}

function confirmed(command) {
  return new Promise(resolve => {
    const dialog = h('dialog', { 'aria-labelledby': 'ask' }, h('h2', { id: 'ask' }, command.title), h('p', {}, command.confirmation),
      h('div', { class: 'actions' }, h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, 'Cancel'),
        h('button', { type: 'button', class: 'primary', onclick: () => dialog.close('yes') }, command.title)));
    dialog.addEventListener('close', () => { dialog.remove(); resolve(dialog.returnValue === 'yes'); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

function details(resource, close) {
  const started = resource.started && Date.parse(resource.started);
  const stopped = resource.stopped && Date.parse(resource.stopped);
  return panel(resource.displayName, close,
    section('State', facts([
      ['State', stateOf(resource)],
      ['Type', resource.type],
      ['Started', started && time(started)],
      ['Stopped', stopped && time(stopped)],
      ['Ran for', started && stopped && duration(stopped - started)],
      ['Exit code', resource.exitCode === null || resource.exitCode === undefined ? null : String(resource.exitCode)],
    ]), h('div', { class: 'links buttons' },
      resource.commands.map(c => h('button', { type: 'button', class: 'button', title: c.description, disabled: !c.isEnabled, 'data-focus': c.name, onclick: () => execute(resource, c) }, icon(icons[c.name] ?? 'command'), c.title)))),
    section('See', h('div', { class: 'links' },
      link(`/consolelogs/resource/${encodeURIComponent(resource.id)}`, 'Console'),
      link(`/structuredlogs?resource=${encodeURIComponent(resource.id)}`, 'Structured logs'),
      link(`/traces?resource=${encodeURIComponent(resource.id)}`, 'Traces'),
      link(`/metrics?resource=${encodeURIComponent(resource.id)}`, 'Metrics'))),
    resource.urls.length > 0 && section('Endpoints', facts(resource.urls.map(u => [u.name, endpoints([u])]))),
    resource.healthReports.length > 0 && section('Health checks', facts(resource.healthReports.map(r =>
      [r.name, h('span', { class: 'value' }, [r.status ?? 'Not checked yet', r.description, r.error].filter(Boolean).join('. '))]))),
    resource.relations.length > 0 && section('Relations', facts(relationsOf(resource))),
    section('Properties', resource.properties.length === 0 ? h('p', { class: 'muted' }, 'None') : facts(resource.properties.map(p => [p.name, secretValue(resource, p)]))),
    resource.environment.length > 0 && section(['Environment ', h('span', { class: 'badge' }, String(resource.environment.length))],
      facts(resource.environment.map(v => [v.name, secretValue(resource, v)]))));
}

function relationsOf(resource) {
  const types = new Map();
  for (const relation of resource.relations) types.set(relation.type, [...types.get(relation.type) ?? [], relation.name]);
  return [...types].map(([type, names]) => [type === 'WaitFor' ? 'Waits for' : type === 'Reference' ? 'Refers to' : type, names.join(', ')]);
}

// A secret is not in the page until someone asks for it.
function secretValue(resource, variable) {
  const ask = async () => (await fetchSecret(resource, variable)).value;
  if (!variable.isSecret) return [h('span', { class: 'value' }, variable.value ?? ''), copyButton(variable.value ?? '')].reduce((box, part) => (box.append(part), box), h('span', { class: 'with-copy' }));
  const text = h('span', { class: 'value secret' }, '••••••••');
  let visible = false;
  const reveal = iconButton('eye', `Show ${variable.name}`, async () => {
    visible = !visible;
    text.textContent = visible ? await ask() : '••••••••';
    text.classList.toggle('secret', !visible);
    reveal.setAttribute('aria-pressed', String(visible));
  }, { small: true });
  return h('span', { class: 'with-copy' }, text, reveal, copyButton(ask));
}

const fetchSecret = (resource, variable) => send('POST', `/api/resources/${encodeURIComponent(resource.id)}/reveal?name=${encodeURIComponent(variable.name)}`);
