// Building elements. Text always goes in as text: what telemetry says is never read as HTML.
const svgSpace = 'http://www.w3.org/2000/svg';

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value' || name === 'checked' || name === 'disabled' || name === 'hidden') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

export const h = (tag, props, ...children) => fill(document.createElement(tag), props, children);
export const s = (tag, props, ...children) => fill(document.createElementNS(svgSpace, tag), props, children);

const shapes = {
  resources: ['M2.5 3.5h11v4h-11z', 'M2.5 9.5h11v3.5h-11z', 'M5 5.5h.01', 'M5 11.2h.01'],
  console: ['M2.5 3h11v10h-11z', 'm5 6 2 2-2 2', 'M8.5 10.2h2.5'],
  logs: ['M3 4h10', 'M3 8h10', 'M3 12h6'],
  traces: ['M2.5 4h7', 'M5 8h6.5', 'M8 12h5.5'],
  metrics: ['M2.5 2.5v11h11', 'm5 10 2.5-3.5 2.2 2L13 4.5'],
  sun: ['M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6z', 'M8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9'],
  moon: ['M13 9.6A5.6 5.6 0 0 1 6.4 3 5.6 5.6 0 1 0 13 9.6z'],
  start: ['M5 3.2v9.6l7.5-4.8z'],
  stop: ['M4 4h8v8H4z'],
  restart: ['M12.8 8A4.8 4.8 0 1 1 11 4.2', 'M11.5 1.8v2.8H8.7'],
  more: ['M3.5 8h.01', 'M8 8h.01', 'M12.5 8h.01'],
  command: ['m9 2-5 7h3.6L7 14l5-7H8.4z'],
  close: ['m4 4 8 8', 'm12 4-8 8'],
  eye: ['M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8z', 'M8 6.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z'],
  copy: ['M5.5 5.5h7v7h-7z', 'M3.5 10.5v-7h7'],
  download: ['M8 2.5v7.5', 'm5 7.2 3 3 3-3', 'M3 13h10'],
  table: ['M2.5 3h11v10h-11z', 'M2.5 6.3h11', 'M2.5 9.6h11', 'M6.5 6.3V13'],
  graph: ['M8 2.5a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2z', 'M3.8 10.3a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2z', 'M12.2 10.3a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2z', 'M7.2 5.5 4.6 10.4', 'm8.8 5.5 2.6 4.9'],
  back: ['M12.5 8h-9', 'm7 4.2-3.8 3.8L7 11.8'],
  chevron: ['m6 4 4 4-4 4'],
  clear: ['M3 4.5h10', 'M6.5 4.5v-2h3v2', 'm4.5 4.5.7 9h5.6l.7-9'],
};

export const icon = name => s('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, shapes[name].map(d => s('path', { d })));

export const iconButton = (name, label, onclick, props = {}) =>
  h('button', { type: 'button', class: `icon-button ${props.small ? 'small' : ''}`, 'aria-label': label, title: label, onclick, disabled: props.disabled ?? false, 'data-focus': props.focus }, icon(name));

// Makes the children of a container those of a list, in its order. A child whose item has not changed stays: focus, selection and
// scroll position stay with it. `signature` tells changes apart.
export function sync(container, items, key, signature, make) {
  const old = new Map([...container.children].map(child => [child.dataset.key, child]));
  const focused = container.contains(document.activeElement) ? document.activeElement : null;
  const focusKey = focused?.closest('[data-key]')?.dataset.key;
  const focusName = focused?.dataset.focus;
  let next = container.firstElementChild;
  for (const item of items) {
    const id = String(key(item));
    const mark = signature(item);
    let child = old.get(id);
    if (!child || child.signature !== mark) {
      const fresh = make(item);
      fresh.dataset.key = id;
      fresh.signature = mark;
      if (child) {
        if (child === next) next = fresh;
        child.replaceWith(fresh);
      }
      child = fresh;
    }
    old.delete(id);
    if (child === next) next = next.nextElementSibling;
    else container.insertBefore(child, next);
  }
  for (const gone of old.values()) gone.remove();
  if (focusKey !== undefined && !container.contains(document.activeElement)) {
    const row = [...container.children].find(child => child.dataset.key === focusKey);
    (row?.querySelector(`[data-focus="${CSS.escape(focusName ?? '')}"]`) ?? (focusName ? null : row))?.focus();
  }
}

export const empty = (title, text) => h('div', { class: 'empty' }, h('strong', {}, title), text && h('p', {}, text));
