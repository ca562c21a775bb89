// Console: what a resource prints, as it comes.
import { empty, h, icon } from './dom.js';
import { count } from './format.js';
import { live } from './server.js';
import { go, remember } from './router.js';
import { stateOf } from './resources.js';
import { coloured } from './ansi.js';

const mostLines = 10_000;
const stamp = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hour12: false });

export function consolePage(root, { params: [id], query }) {
  let source = null;
  let lines = [];
  const choice = h('select', { class: 'field', 'aria-label': 'Resource', onchange: () => go(`/consolelogs/resource/${encodeURIComponent(choice.value)}`) });
  const state = h('span', { class: 'muted' });
  const search = h('input', { class: 'field', type: 'search', placeholder: 'Search lines', 'aria-label': 'Search lines', value: query.get('text') ?? '', oninput: () => { remember({ text: search.value }); showAll(); } });
  const follow = h('button', { type: 'button', class: 'button', 'aria-pressed': 'true', onclick: () => { setFollow(follow.getAttribute('aria-pressed') !== 'true'); } }, 'Follow');
  const stamps = h('button', { type: 'button', class: 'button', 'aria-pressed': 'true', onclick: () => { const on = stamps.getAttribute('aria-pressed') !== 'true'; stamps.setAttribute('aria-pressed', String(on)); output.classList.toggle('no-stamps', !on); } }, 'Times');
  const download = h('a', { class: 'button', download: true, title: 'Download all lines as text' }, icon('download'), 'Download');
  const output = h('ol', { class: 'console', tabindex: 0, role: 'log', 'aria-label': 'Console log' });
  const box = h('div', { class: 'panel dark-room' }, output);
  const tally = h('span', { class: 'muted' });
  root.append(h('div', { class: 'page-head' }, h('h1', {}, 'Console', tally), h('div', { class: 'filters' }, state, choice, search, stamps, follow, download)),
    h('div', { class: 'page-body' }, box));
  box.addEventListener('scroll', () => {
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
    if (!atEnd && box.scrollTop < lastTop) setFollow(false);
    else if (atEnd) setFollow(true, false);
    lastTop = box.scrollTop;
  });
  let lastTop = 0;

  function setFollow(on, move = true) {
    follow.setAttribute('aria-pressed', String(on));
    if (on && move) toEnd();
  }

  const toEnd = () => { if (follow.getAttribute('aria-pressed') === 'true') { box.scrollTop = box.scrollHeight; lastTop = box.scrollTop; } };
  const wanted = line => line.text.toLowerCase().includes(search.value.trim().toLowerCase());
  const element = line => h('li', { class: line.error ? 'error' : '' }, h('span', { class: 'n' }, String(line.n)), h('time', {}, stamp.format(line.t)), h('span', { class: 'line' }, coloured(line.text)));

  function showAll() {
    const shown = lines.filter(wanted);
    output.replaceChildren(...shown.map(element));
    showTally(shown.length);
    toEnd();
  }

  function add(batch) {
    lines.push(...batch);
    if (lines.length > mostLines) lines = lines.slice(-mostLines);
    output.append(...batch.filter(wanted).map(element));
    while (output.childElementCount > mostLines) output.firstElementChild.remove();
    showTally(output.childElementCount);
    toEnd();
  }

  const showTally = shown => { tally.textContent = shown === lines.length ? `${count(lines.length)} lines` : `${count(shown)} of ${count(lines.length)} lines`; };

  function listen() {
    if (!id || source) return;
    source = new EventSource(`/api/resources/${encodeURIComponent(id)}/console`);
    // A new connection begins with all lines again.
    source.addEventListener('open', () => { lines = []; output.replaceChildren(); });
    source.addEventListener('lines', event => add(JSON.parse(event.data)));
  }

  const silence = () => { source?.close(); source = null; };
  const visibility = () => document.hidden ? silence() : listen();
  document.addEventListener('visibilitychange', visibility);

  const off = live.on('resources', resources => {
    const printing = resources.filter(r => r.type !== 'Parameter');
    if (!id && printing.length > 0) return go(`/consolelogs/resource/${encodeURIComponent(printing[0].id)}`);
    choice.replaceChildren(...printing.map(r => h('option', { value: r.id }, r.displayName)));
    choice.value = id;
    const resource = printing.find(r => r.id === id);
    state.replaceChildren(resource ? stateOf(resource) : '');
    if (!resource) box.replaceChildren(empty('There is no such resource', 'Choose one above.'));
  });
  if (id) {
    download.href = `/api/resources/${encodeURIComponent(id)}/console.txt`;
    listen();
  }

  return () => { off(); silence(); document.removeEventListener('visibilitychange', visibility); };
}
