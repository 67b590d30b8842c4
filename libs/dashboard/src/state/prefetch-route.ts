import { askAhead } from '../api/client.js';
import { briefTrace } from './large-values.js';
import { firstPage } from './live-list.js';
import { route } from './route.js';

/** As long as an answer that comes at once takes; a person does not see it. */
const MOST_MS = 40;

/**
 * Asks for what the page is about before it is drawn. Comes back when the answer is there, so that the page and what it
 * shows are laid out once and not twice, or soon: who has to wait sees the page meanwhile.
 */
export function prefetchRoute(): Promise<void> {
  const { page, name, params } = route.peek();
  const soon = new Promise<void>((resolve) => setTimeout(resolve, MOST_MS));
  if (page === 'live') return Promise.race([askAhead(...firstPage(params.get('q') ?? '')), soon]);
  if (page === 'trace') return Promise.race([askAhead(...briefTrace(name)), soon]);
  return Promise.resolve();
}
