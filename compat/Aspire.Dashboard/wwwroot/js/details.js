// The panel beside a list, and what is shown in it.
import { h, icon, iconButton } from './dom.js';

// A panel that closes with its button or Escape and then gives focus back.
export function panel(title, onclose, ...content) {
  const back = document.activeElement;
  const close = () => { onclose(); if (back?.isConnected) back.focus(); };
  const heading = h('h2', { id: 'details-title' }, title);
  const aside = h('aside', { class: 'details', 'aria-labelledby': 'details-title', onkeydown: event => { if (event.key === 'Escape') close(); } },
    h('header', {}, heading, iconButton('close', 'Close details', close, { small: true })), content);
  return aside;
}

export const section = (title, ...content) => h('section', {}, h('h3', {}, title), content);

export function facts(pairs) {
  return h('dl', { class: 'facts' }, pairs.filter(([, value]) => value !== null && value !== undefined && value !== '').map(([name, value]) => [
    h('dt', {}, name), h('dd', {}, value instanceof Node ? value : h('span', { class: 'value' }, String(value))),
  ]));
}

export const attributes = list => list.length === 0
  ? h('p', { class: 'muted' }, 'None')
  : facts([...list].sort((a, b) => a.key.localeCompare(b.key)).map(a => [a.key, a.value]));

export function copyButton(text) {
  return iconButton('copy', 'Copy', async event => {
    await navigator.clipboard?.writeText(typeof text === 'function' ? await text() : text);
    event.currentTarget?.blur?.();
  }, { small: true });
}

// Lets arrow keys move through the rows of a table; Enter or a click opens one.
export function selectable(tbody, open) {
  tbody.addEventListener('click', event => {
    if (event.target.closest('a, button:not(.row-button)')) return;
    const row = event.target.closest('tr[data-key]');
    if (row) open(row.dataset.key);
  });
  tbody.addEventListener('keydown', event => {
    const row = event.target.closest('tr[data-key]');
    if (!row) return;
    const next = event.key === 'ArrowDown' ? row.nextElementSibling : event.key === 'ArrowUp' ? row.previousElementSibling : null;
    if (next) {
      event.preventDefault();
      (next.querySelector('.row-button') ?? next).focus();
    }
  });
}

export const link = (href, text, iconName) => h('a', { href, 'data-link': true }, iconName && icon(iconName), text);
