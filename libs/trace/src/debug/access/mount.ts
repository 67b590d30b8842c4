import { header, requestUrl } from '../http/http-types.js';
import type { DebugRequest } from '../http/http-types.js';

/**
 * The path below which the browser sees these routes: the request's path without the route's part, with any global prefix
 * or router in front. A proxy that removes a prefix sends it in `X-Forwarded-Prefix`.
 *
 * @param routes the handler's paths below the mount: `trace/:id/export`, or `/` for the page
 */
export function mountPath(request: DebugRequest, routes: readonly string[]): string {
  const parts = segments(requestUrl(request).path);
  const route = routes.map(segments).find((each) => each.every((name, n) => fits(name, parts.at(n - each.length))));
  const path = `/${parts.slice(0, parts.length - (route?.length ?? 0)).join('/')}`;
  // A `;` would end the cookie's attribute that this becomes.
  return `${forwardedPrefix(request)}${path.replaceAll(';', '%3B')}`;
}

function segments(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

function fits(name: string, part: string | undefined): boolean {
  return part !== undefined && (name.startsWith(':') || name === part);
}

/** Whether the browser's own connection is https. */
export function isHttps(request: DebugRequest): boolean {
  const forwarded = header(request, 'x-forwarded-proto')?.split(',')[0]?.trim().toLowerCase();
  const socket = (request.raw ?? request) as { socket?: { encrypted?: boolean } };
  return forwarded === 'https' || socket.socket?.encrypted === true;
}

function forwardedPrefix(request: DebugRequest): string {
  const prefix = header(request, 'x-forwarded-prefix')?.replace(/\/+$/, '') ?? '';
  return /^(?:\/[\w.~-]+)+$/.test(prefix) ? prefix : '';
}
