import { askAhead } from '../api/client.js';
import { briefTrace } from './large-values.js';
import { firstPage, listView } from './live-list.js';
import { route } from './route.js';

/** Longest wait for the response before the first paint; people do not notice it. */
const MOST_MS = 40;

/**
 * Asks the page's first question before the page is drawn. Resolves with the response, so that the page and its content
 * are laid out once, or after 40 ms, so that a slow response leaves no blank page.
 */
export function prefetchRoute(): Promise<void> {
  const { page, name, params } = route.peek();
  const soon = new Promise<void>((resolve) => setTimeout(resolve, MOST_MS));
  if (page === 'live') return Promise.race([askAhead(...firstPage(listView(params))), soon]);
  if (page === 'trace') return Promise.race([askAhead(...briefTrace(name)), soon]);
  return Promise.resolve();
}
