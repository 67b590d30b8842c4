import type { IncomingMessage } from 'node:http';

/** A request's target, taken apart once at arrival. */
export interface RequestTarget {
  /** The path as it came, before a mount or a middleware changed `url`, without the query string. */
  readonly path: string;
  /** `?` and the query string, or nothing. */
  readonly search: string;
  /** The path that this application's router compares: below its mount, and decoded where the router decodes. */
  readonly routed: string;
}

/** @param decodes whether the router compares decoded paths: Fastify's does, Express's does not */
export function targetOf(raw: IncomingMessage, decodes: boolean): RequestTarget {
  const url = raw.url ?? '/';
  const original = (raw as IncomingMessage & { originalUrl?: string }).originalUrl ?? url;
  const path = pathOf(original);
  const routed = original === url ? path : pathOf(url);
  const at = original.indexOf('?');
  return { path, search: at === -1 ? '' : original.slice(at), routed: decodes ? decoded(routed) : routed };
}

/** The path of an origin-form (`/a?b`) or an absolute-form (`http://host/a?b`) target. */
export function pathOf(target: string): string {
  const cut = target.indexOf('?');
  const whole = cut === -1 ? target : target.slice(0, cut);
  if (whole.charCodeAt(0) === 47) return whole;
  const authority = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(whole);
  return authority ? whole.slice(authority[0].length) || '/' : whole;
}

function decoded(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
