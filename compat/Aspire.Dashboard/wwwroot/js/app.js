// Starts the dashboard: frame, theme, live data, pages.
import { h, icon } from './dom.js';
import { get, live } from './server.js';
import { start } from './router.js';
import { initTheme } from './theme.js';
import { resourcesPage } from './resources.js';
import { consolePage } from './console.js';
import { logsPage } from './logs.js';
import { tracesPage } from './traces.js';
import { tracePage } from './trace.js';
import { metricsPage } from './metrics.js';

const pages = [
  ['resources', '/', 'Resources'],
  ['console', '/consolelogs', 'Console'],
  ['logs', '/structuredlogs', 'Structured logs'],
  ['traces', '/traces', 'Traces'],
  ['metrics', '/metrics', 'Metrics'],
];

document.getElementById('pages').append(...pages.map(([page, href, title]) =>
  h('li', {}, h('a', { href, 'data-link': true, 'data-page': page, title }, icon(page), h('span', {}, title)))));
initTheme(document.getElementById('theme'));

const application = await get('/api/application');
document.getElementById('application').textContent = application.name;
live.start();
start([
  { page: 'resources', title: 'Resources', path: /^\/(graph)?$/, mount: resourcesPage },
  { page: 'console', title: 'Console', path: /^\/consolelogs(?:\/resource\/([^/]+))?$/, mount: consolePage },
  { page: 'logs', title: 'Structured logs', path: /^\/structuredlogs$/, mount: logsPage },
  { page: 'traces', title: 'Traces', path: /^\/traces$/, mount: tracesPage },
  { page: 'traces', title: 'Trace', path: /^\/traces\/detail\/([0-9a-f]+)$/, mount: tracePage },
  { page: 'metrics', title: 'Metrics', path: /^\/metrics$/, mount: metricsPage },
]);
