import type { NestRoute } from './nest-routes.js';

/** Routes that the line names; the others are counted. */
const NAMED = 5;

/**
 * One line for the start-up log: which routes are recorded, or that none is and what to write. A route with decorators is
 * counted by them, any other by the path that it declares.
 *
 * @param routes the application's, without those of `/debug`
 * @param hasPredicates `capture.routes` has predicates, which decide request by request
 */
export function recordedRoutesLine(routes: readonly NestRoute[], hasPredicates = false): string {
  const recorded = routes.filter(({ wish, byPath }) => wish ?? byPath);
  const predicates = hasPredicates ? 'requests that a predicate of capture.routes accepts' : '';
  if (recorded.length > 0) {
    const names = [...recorded.slice(0, NAMED).map(named), ...more(recorded.length - NAMED), predicates].filter(
      Boolean,
    );
    return `Recording ${recorded.length} of ${routesOf(routes.length)}: ${names.join(', ')}`;
  }
  if (hasPredicates) return `Recording the ${predicates} (${routesOf(routes.length)})`;
  const example = routes.find(({ method }) => method === 'POST') ?? routes[0];
  if (!example) return 'Recording no route: this application has none. Use runInTrace() for other work';
  return (
    `Recording none of ${routesOf(routes.length)}: no path has a segment that begins with "webhook" or that ` +
    `capture.routes matches. To record ${named(example)}, put @TraceWebhook() on its handler, or pass ` +
    `TraceModule.forRoot({ capture: { routes: ['${prefixOf(example.path)}'] } })`
  );
}

function routesOf(count: number): string {
  return count === 1 ? '1 route' : `${count} routes`;
}

function named({ method, path }: NestRoute): string {
  const shown = path.length > 80 ? `${path.slice(0, 79)}…` : path;
  return `${method} ${shown}`;
}

function more(count: number): string[] {
  return count > 0 ? [`${count} more`] : [];
}

/** The declared path up to its first parameter, which is what a prefix can be. */
function prefixOf(path: string): string {
  const cut = path.search(/[:*{(]/);
  const prefix = (cut === -1 ? path : path.slice(0, cut)).replace(/\/+$/, '');
  return prefix === '' ? '/' : prefix.replace(/'/g, "\\'");
}
