import type { ClientRequest } from 'node:http';
import type { CallTarget } from '../../../context/recorder.js';
import { AddedHeaders, watchHttpHeaders } from './added-headers.js';
import { requestHeaders } from './http-headers.js';

/** Where a new request goes. */
export function targetOf(request: ClientRequest): CallTarget {
  const { method } = request;
  const headers = requestHeaders(request);
  let added: AddedHeaders | undefined;
  const setHeader = (name: string, value: string): boolean => {
    if (request.headersSent || request.hasHeader(name)) return false;
    request.setHeader(name, value);
    added ??= new AddedHeaders();
    if (!added.add(name)) watchHttpHeaders(request, added);
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
