import type { ClientRequest, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { CallTarget } from '../../../context/recorder.js';

export type HeaderTexts = Record<string, string>;

/** Where a new request goes. */
export function targetOf(request: ClientRequest): CallTarget {
  const { method } = request;
  const headers = requestHeaders(request);
  const setHeader = (name: string, value: string): boolean => {
    if (request.headersSent || request.hasHeader(name)) return false;
    request.setHeader(name, value);
    return true;
  };
  const absolute = absoluteUrl(request.path);
  // What is asked of a forward proxy is the URL's server.
  if (absolute !== undefined) {
    const { host, pathname, search, protocol } = absolute;
    return { method, host, path: pathname + search, secure: protocol === 'https:', headers, setHeader };
  }
  const secure = request.protocol === 'https:';
  const host = withoutOwnPort((headers.host ?? request.host).toLowerCase(), secure);
  return { method, host, path: request.path, secure, headers, setHeader };
}

function absoluteUrl(path: string): URL | undefined {
  return /^https?:\/\//i.test(path) ? new URL(path) : undefined;
}

/** Clients that write the header `host` themselves may add the scheme's port. */
function withoutOwnPort(host: string, secure: boolean): string {
  const port = secure ? ':443' : ':80';
  return host.endsWith(port) && !host.endsWith(`:${port}`) ? host.slice(0, -port.length) : host;
}

/** The headers of a request as they are now. */
export function requestHeaders(request: ClientRequest): HeaderTexts {
  const texts = headerTexts(request.getHeaders());
  // Headers that were given as an array are in the text of the request only, which Node writes at once.
  const { _header: text } = request as unknown as { _header: unknown };
  return typeof text === 'string' && Object.keys(texts).length === 0 ? parsed(text) : texts;
}

/** Headers with one text each. Node's names are in lower case. */
export function headerTexts(headers: OutgoingHttpHeaders | IncomingHttpHeaders): HeaderTexts {
  const texts: HeaderTexts = Object.create(null) as HeaderTexts;
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) texts[name] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  return texts;
}

function parsed(text: string): HeaderTexts {
  const texts: HeaderTexts = Object.create(null) as HeaderTexts;
  for (const line of text.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    texts[name] = texts[name] === undefined ? value : `${texts[name]}, ${value}`;
  }
  return texts;
}
