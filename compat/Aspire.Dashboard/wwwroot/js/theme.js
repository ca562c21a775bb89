// Dark and light: the system's choice until a person makes another.
import { icon } from './dom.js';

const key = 'theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const chosen = () => { try { return localStorage.getItem(key); } catch { return null; } };
const current = () => document.documentElement.dataset.theme ?? (dark.matches ? 'dark' : 'light');

export function initTheme(button) {
  const saved = chosen();
  if (saved === 'dark' || saved === 'light') document.documentElement.dataset.theme = saved;
  const show = () => {
    const other = current() === 'dark' ? 'light' : 'dark';
    button?.replaceChildren(icon(other === 'dark' ? 'moon' : 'sun'));
    button?.setAttribute('aria-label', `Switch to ${other} theme`);
    button?.setAttribute('title', `Switch to ${other} theme`);
  };
  button?.addEventListener('click', () => {
    const next = current() === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset.theme = next;
    try { localStorage.setItem(key, next); } catch { /* private windows keep nothing */ }
    show();
  });
  dark.addEventListener('change', show);
  show();
}
