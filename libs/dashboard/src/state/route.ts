import { signal } from '@preact/signals';

export type Page = 'live' | 'contact' | 'trace' | 'errors' | 'stats' | 'compare' | 'file' | 'unknown';

export interface Route {
  page: Page;
  /** The name in the path: a contact, a trace, `a..b`. */
  name: string;
  params: URLSearchParams;
}

const PAGES: Record<string, Page> = { '': 'live', c: 'contact', t: 'trace', d: 'compare' };
const NAMED: readonly string[] = ['c', 't', 'd'];

/** The route of a hash: `#/t/<id>?tab=route`. It contains the whole state of a page. */
export function parseHash(hash: string): Route {
  const text = hash.replace(/^#\/?/, '');
  const mark = text.indexOf('?');
  const path = mark < 0 ? text : text.slice(0, mark);
  const params = new URLSearchParams(mark < 0 ? '' : text.slice(mark + 1));
  const slash = path.indexOf('/');
  const head = slash < 0 ? path : path.slice(0, slash);
  const name = slash < 0 ? '' : decode(path.slice(slash + 1));
  if (NAMED.includes(head)) return { page: name === '' ? 'unknown' : (PAGES[head] ?? 'unknown'), name, params };
  if (head === '') return { page: 'live', name: '', params };
  if (head === 'errors' || head === 'stats' || head === 'file') return { page: head, name: '', params };
  return { page: 'unknown', name: text, params };
}

export function href(path: string, params: Record<string, string | undefined> = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value) query.set(name, value);
  const text = query.toString();
  return `#/${path}${text === '' ? '' : `?${text}`}`;
}

export const traceHref = (id: string, params?: Record<string, string | undefined>) =>
  href(`t/${encodeURIComponent(id)}`, params);
export const contactHref = (id: string) => href(`c/${encodeURIComponent(id)}`);
export const searchHref = (q: string) => href('', { q });
export const compareHref = (a: string, b: string) => href(`d/${encodeURIComponent(a)}..${encodeURIComponent(b)}`);

/** The URL of the page that is shown, with changed parameters. */
export function hrefWith(changes: Record<string, string | undefined>): string {
  const params = { ...Object.fromEntries(route.peek().params), ...changes };
  return href((location.hash.split('?')[0] ?? '').replace(/^#\/?/, ''), params);
}

export const route = signal<Route>(parseHash(location.hash));

export function go(to: string): void {
  location.hash = to;
}

/** Changes parameters of the page that is shown, without a new entry in the history. */
export function setParams(changes: Record<string, string | undefined>): void {
  history.replaceState(null, '', `${location.pathname}${location.search}${hrefWith(changes)}`);
  route.value = parseHash(location.hash);
}

export function followHash(): void {
  addEventListener('hashchange', () => {
    route.value = parseHash(location.hash);
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
