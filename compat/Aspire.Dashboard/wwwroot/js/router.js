// Addresses and pages. A page is { title, mount(root, context) }; mount returns what undoes it.
let routes = [];
let leave = null;
let mounted = null;

export function start(table) {
  routes = table;
  addEventListener('popstate', () => render());
  document.addEventListener('click', event => {
    const link = event.target.closest('a[data-link]');
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(link.getAttribute('href'));
  });
  render();
}

export function go(address) {
  history.pushState(null, '', address);
  render(true);
}

// Puts a page's choices into its address, so that it can be passed on; the page stays.
export function remember(choices) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(choices)) {
    query.delete(name);
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== null && each !== undefined && each !== '' && each !== false) query.append(name, each === true ? '1' : each);
    }
  }
  const text = query.toString();
  history.replaceState(null, '', location.pathname + (text ? `?${text}` : ''));
}

function render(moveFocus = false) {
  const path = location.pathname;
  const found = routes.map(route => ({ route, match: route.path.exec(path) })).find(each => each.match) ?? { route: routes[0], match: [] };
  leave?.();
  const root = document.getElementById('content');
  root.replaceChildren();
  mounted = found.route;
  document.title = `${mounted.title} · ${document.getElementById('application').textContent}`;
  for (const link of document.querySelectorAll('#pages a')) {
    if (link.dataset.page === mounted.page) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  leave = mounted.mount(root, { params: found.match.slice(1).map(p => p && decodeURIComponent(p)), query: new URLSearchParams(location.search) });
  if (moveFocus) root.focus({ preventScroll: true });
}
