// Terminal colours: the sequences of SGR (ECMA-48, 8.3.117) become classes, all others go.
import { h } from './dom.js';

const sequence = /\u001b\[([0-9;]*)([A-Za-z])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b./g;

export function coloured(text) {
  const parts = [];
  let state = { colour: null, bold: false };
  let from = 0;
  const push = piece => {
    if (!piece) return;
    const classes = [state.colour !== null && `ansi-${state.colour}`, state.bold && 'ansi-bold'].filter(Boolean).join(' ');
    parts.push(classes ? h('span', { class: classes }, piece) : piece);
  };
  for (const match of text.matchAll(sequence)) {
    push(text.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === 'm') state = apply(state, match[1]);
  }
  push(text.slice(from));
  return parts;
}

function apply(state, codes) {
  const next = { ...state };
  const numbers = codes.split(';').map(Number);
  for (let i = 0; i < numbers.length; i++) {
    const code = numbers[i];
    if (code === 0) { next.colour = null; next.bold = false; }
    else if (code === 1) next.bold = true;
    else if (code === 22) next.bold = false;
    else if (code >= 30 && code <= 37) next.colour = code - 30;
    else if (code >= 90 && code <= 97) next.colour = code - 90;
    else if (code === 39) next.colour = null;
    // 256 colours and true colour have no place here; what follows belongs to them.
    else if (code === 38 || code === 48) i += numbers[i + 1] === 5 ? 2 : 4;
  }
  return next;
}
