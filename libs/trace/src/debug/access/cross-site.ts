import { header, rawRequest } from '../http/http-types.js';
import type { DebugRequest } from '../http/http-types.js';
import { isForwarded, isLoopbackAddress, isLoopbackHost } from './loopback.js';

/** Content types that an HTML form can send without a preflight. */
const FORM_TYPES = /^\s*(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\s*(?:;|$)/i;

export interface CrossSiteContext {
  /** The route is the HTML page itself. */
  page: boolean;
}

/**
 * Why a request is refused as another site's doing, or `undefined`.
 *
 * One request from another site is allowed: following a link to the page (`Sec-Fetch-Mode: navigate` into a top-level
 * document). People open it from a chat or a terminal in the browser; the other site cannot read the page, and loading it
 * changes nothing.
 */
export function crossSiteFault(request: DebugRequest, { page }: CrossSiteContext): string | undefined {
  const host = request.headers.host ?? header(request, ':authority');
  const raw = rawRequest(request);
  if (host !== undefined && isLoopbackAddress(raw.socket.remoteAddress) && !isLoopbackHost(host) && !isForwarded(raw)) {
    return `the Host ${show(host)} is not this machine's, though the caller is on it; open http://localhost instead`;
  }
  const origin = header(request, 'origin');
  if (origin !== undefined && !isSameHost(origin, host)) {
    return `the Origin ${show(origin)} is not that of the Host ${show(host ?? '')}`;
  }
  const site = header(request, 'sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !(page && isTopNavigation(request))) {
    return `the browser says the request is ${show(site)}; open the address itself`;
  }
  if (isWrite(request) && FORM_TYPES.test(header(request, 'content-type') ?? '')) {
    return `a request that changes something cannot have the form's content type ${show(header(request, 'content-type') ?? '')}; send application/json or no body`;
  }
  return undefined;
}

/** Came by a link on another site: a `SameSite=Strict` cookie is neither sent with it nor with a redirect that answers it. */
export function isFromOtherSite(request: DebugRequest): boolean {
  const site = header(request, 'sec-fetch-site');
  return site === 'cross-site' || site === 'same-site';
}

export function isWrite(request: DebugRequest): boolean {
  return request.method !== 'GET' && request.method !== 'HEAD';
}

function isTopNavigation(request: DebugRequest): boolean {
  return (
    request.method === 'GET' &&
    header(request, 'sec-fetch-mode') === 'navigate' &&
    header(request, 'sec-fetch-dest') === 'document'
  );
}

/** Compares host and port. Not the scheme: behind a proxy that ends TLS, the browser's is https and ours is http. */
function isSameHost(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const { protocol, host: originHost } = new URL(origin);
  const own = `${protocol}//${host}`;
  return originHost !== '' && URL.canParse(own) && new URL(own).host === originHost;
}

function show(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
