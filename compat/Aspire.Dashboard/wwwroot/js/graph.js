// Resources as a graph: those that are referred to stand below those that refer to them.
import { s } from './dom.js';

const width = 216, height = 68, gapX = 44, gapY = 64, margin = 32;
const stateClass = resource => resource.health && resource.health !== 'Healthy' ? 'warning'
  : resource.state === 'Running' ? 'success' : resource.stateStyle === 'error' ? 'error' : 'idle';

export function drawGraph(box, resources, selected, open) {
  const mark = JSON.stringify([selected, resources.map(r => [r.id, r.displayName, r.state, r.stateStyle, r.health, r.type, r.relations, r.urls])]);
  if (box.mark === mark) return;
  const focused = box.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  box.mark = mark;
  const rows = layers(resources);
  const across = Math.max(1, ...rows.map(row => row.length));
  const size = { x: 2 * margin + across * (width + gapX) - gapX, y: 2 * margin + rows.length * (height + gapY) - gapY };
  const at = new Map();
  rows.forEach((row, level) => row.forEach((resource, i) => at.set(resource.id, {
    x: margin + (across - row.length) * (width + gapX) / 2 + i * (width + gapX), y: margin + level * (height + gapY),
  })));
  const lines = resources.flatMap(from => targets(from, resources).map(to => edge(at.get(from.id), at.get(to.id), from, to, selected)));
  box.replaceChildren(s('svg', { viewBox: `0 0 ${size.x} ${size.y}`, width: size.x, height: size.y, role: 'group', 'aria-label': 'Resources and their references' },
    s('defs', {}, s('marker', { id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: 'auto' }, s('path', { d: 'M1 1 7 4 1 7', class: 'arrow' }))),
    lines, resources.map(resource => node(resource, at.get(resource.id), resource.id === selected, open))));
  if (focused) box.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

const targets = (from, all) => all.filter(to => to.id !== from.id && from.relations.some(r => r.name === to.name));

// The longest way from a resource that nobody refers to is its level; a circle ends where it began.
function layers(resources) {
  const level = new Map();
  const visit = (resource, depth, path) => {
    if (path.includes(resource.id)) return;
    level.set(resource.id, Math.max(level.get(resource.id) ?? 0, depth));
    for (const next of targets(resource, resources)) visit(next, depth + 1, [...path, resource.id]);
  };
  const referred = new Set(resources.flatMap(r => targets(r, resources).map(t => t.id)));
  for (const resource of resources) if (!referred.has(resource.id)) visit(resource, 0, []);
  for (const resource of resources) if (!level.has(resource.id)) visit(resource, 0, []);
  const rows = [];
  for (const resource of resources) (rows[level.get(resource.id)] ??= []).push(resource);
  return rows.filter(Boolean);
}

function edge(from, to, a, b, selected) {
  const [x1, y1, x2, y2] = [from.x + width / 2, from.y + height, to.x + width / 2, to.y - 2];
  const bend = Math.max(24, Math.abs(y2 - y1) / 2);
  const lit = a.id === selected || b.id === selected;
  return s('path', { class: `edge ${lit ? 'lit' : ''}`, d: `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`, 'marker-end': 'url(#arrow)' });
}

function node(resource, { x, y }, isSelected, open) {
  const label = `${resource.displayName}, ${resource.type}, ${resource.state ?? 'unknown'}`;
  return s('g', {
    class: `node ${isSelected ? 'selected' : ''}`, transform: `translate(${x} ${y})`, tabindex: 0, role: 'button', 'aria-label': label, 'data-key': resource.id,
    onclick: () => open(resource.id), onkeydown: event => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); open(resource.id); } },
  },
  s('rect', { width, height, rx: 8 }),
  s('circle', { class: `dot ${stateClass(resource)}`, cx: 20, cy: 25, r: 5 }),
  s('text', { class: 'name', x: 36, y: 29 }, clip(resource.displayName, 24)),
  s('text', { class: 'note', x: 36, y: 49 }, clip(`${resource.type} · ${resource.state ?? 'unknown'}`, 30)));
}

const clip = (text, length) => text.length > length ? `${text.slice(0, length - 1)}…` : text;
