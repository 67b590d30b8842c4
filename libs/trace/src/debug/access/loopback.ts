import type { IncomingHttpHeaders } from 'node:http';

/** Headers by which a proxy tells that the caller is somebody else, besides all of `x-forwarded-*`. */
const FORWARDING = [
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-forwarded-for',
  'x-original-host',
  'x-envoy-external-address',
  'true-client-ip',
  'fastly-client-ip',
  'cf-connecting-ip',
  'cf-ray',
];

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

/** Whether a proxy stands between. An empty header counts: something put it there. */
export function isForwarded(headers: IncomingHttpHeaders): boolean {
  return (
    FORWARDING.some((name) => headers[name] !== undefined) ||
    Object.keys(headers).some((name) => name.startsWith('x-forwarded-'))
  );
}

function isLoopbackV4(text: string): boolean {
  const parts = /^127\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  return parts !== null && parts.slice(1).every((part) => Number(part) <= 255);
}
