// What the server knows: requests, and one stream of changes that all pages share.
import { h, iconButton } from './dom.js';

export class ServerError extends Error {}

export async function get(path, query = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== null && each !== undefined && each !== '' && each !== false) search.append(name, each);
    }
  }
  const text = search.toString();
  return answer(await fetch(text ? `${path}?${text}` : path));
}

export async function send(method, path) {
  return answer(await fetch(path, { method, headers: { 'x-aspire-dashboard': '1' } }));
}

async function answer(response) {
  if (response.status === 401) return logIn();
  if (!response.ok) throw new ServerError(response.status === 404 ? 'This is no longer kept.' : `The server answered ${response.status}.`);
  return response.status === 204 ? null : response.json();
}

function logIn() {
  location.assign(`/login?returnUrl=${encodeURIComponent(location.pathname + location.search)}`);
  return new Promise(() => {});
}

export function tell(text, isError = false) {
  const message = h('div', { class: `message ${isError ? 'error' : ''}` }, h('p', {}, text),
    iconButton('close', 'Dismiss', () => message.remove(), { small: true }));
  document.getElementById('messages').append(message);
  setTimeout(() => message.remove(), isError ? 12_000 : 5_000);
}

class Live extends EventTarget {
  resources = [];
  telemetry = { logs: 0, traces: 0, metrics: 0, errors: {}, resources: [] };
  known = false;
  #source = null;

  start() {
    this.#open();
    // A browser has six connections to a server: pages that nobody looks at give theirs back.
    document.addEventListener('visibilitychange', () => document.hidden ? this.#close() : this.#open());
  }

  // Calls back now, if something is known, and whenever it changes, until the returned function is called.
  on(topic, callback) {
    const listener = () => callback(this[topic]);
    this.addEventListener(topic, listener);
    if (this.known) callback(this[topic]);
    return () => this.removeEventListener(topic, listener);
  }

  nameOf(id) {
    return this.resources.find(r => r.id === id)?.displayName ?? id;
  }

  #open() {
    if (this.#source) return;
    const source = this.#source = new EventSource('/api/live');
    for (const topic of ['resources', 'telemetry']) {
      source.addEventListener(topic, event => {
        this[topic] = JSON.parse(event.data);
        this.known = true;
        this.dispatchEvent(new Event(topic));
      });
    }
    source.addEventListener('open', () => this.#connected(true));
    source.addEventListener('error', async () => {
      this.#connected(false);
      if (source.readyState !== EventSource.CLOSED) return;
      // Refused, not lost: the application was started anew, with another token.
      this.#close();
      await get('/api/application').catch(() => {});
      setTimeout(() => document.hidden || this.#open(), 2_000);
    });
  }

  #close() {
    this.#source?.close();
    this.#source = null;
  }

  #connected(is) {
    const status = document.getElementById('connection');
    status.textContent = is ? 'Live' : 'Disconnected';
    status.classList.toggle('lost', !is);
  }
}

export const live = new Live();
