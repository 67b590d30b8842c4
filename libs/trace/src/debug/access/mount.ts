import { header, requestUrl } from '../http/http-types.js';
import type { DebugRequest } from '../http/http-types.js';

/**
 * The path below which the browser sees these routes: the request's path without the route's part, with any global prefix
 * or router in front. A proxy that removes a prefix sends it in `X-Forwarded-Prefix`.
 *
 * @param route the handler's path below the mount: `trace/:id/export`, or `/` for the page.
 */
export function mountPath(request: DebugRequest, route: string): string {
  const depth = route.split('/').filter((part) => part !== '').length;
  const parts = requestUrl(request)
    .path.split('/')
    .filter((part) => part !== '');
  const path = `/${parts.slice(0, parts.length - depth).join('/')}`;
  // A `;` would end the cookie's attribute that this becomes.
  return `${forwardedPrefix(request)}${path.replaceAll(';', '%3B')}`;
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
