import type { IncomingMessage } from 'node:http';
import { isProxyHeader } from './proxy-headers.js';

/** Whether the other end of the socket is this machine. A Unix socket has no address and is none: a proxy sits there. */
export function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = address.replace(/^::ffff:/i, '');
  return plain === '::1' || isLoopbackV4(plain);
}

/** Whether a `Host` header names this machine, with any port. Names below `localhost` count: no DNS can point them elsewhere in a browser. */
export function isLoopbackHost(host: string | undefined): boolean {
  const name = /^(\[[^\]]*\]|[^:[\]]+?)\.?(?::\d{1,5})?$/.exec(host ?? '')?.[1]?.toLowerCase();
  if (name === undefined) return false;
  return name === '[::1]' || /^(?:[a-z0-9-]+\.)*localhost$/.test(name) || isLoopbackV4(name);
}

/**
 * Whether something between the caller and us has touched the request: it has a header that proxies add (an empty one
 * counts), or it is HTTP/1.0, as nginx speaks to its upstream by default, or its target is a whole address of another
 * host, as only proxies are sent. A proxy that speaks HTTP/1.1 and adds nothing looks the same as a local caller.
 */
export function isForwarded({ httpVersionMajor, httpVersionMinor, headers, url = '' }: Request): boolean {
  if (httpVersionMajor < 1 || (httpVersionMajor === 1 && httpVersionMinor === 0)) return true;
  const target = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i.exec(url);
  if (target && !isLoopbackHost(target[1])) return true;
  return Object.keys(headers).some(isProxyHeader);
}

type Request = Pick<IncomingMessage, 'httpVersionMajor' | 'httpVersionMinor' | 'headers' | 'url'>;

function isLoopbackV4(text: string): boolean {
  const parts = /^127\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  return parts !== null && parts.slice(1).every((part) => Number(part) <= 255);
}
