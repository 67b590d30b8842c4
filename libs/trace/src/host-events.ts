import type { Server } from 'node:net';
import type { HttpServer } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';

/** Nest 11.1.4 and later emit an event when the adapter is set. */
type Host = Pick<HttpAdapterHost, 'httpAdapter'> & { init$?: HttpAdapterHost['init$'] };

/**
 * Calls `use` with the application's adapter, once, as soon as it is set: immediately in `NestFactory.create`, after the
 * modules in a testing module. Both are before the body parser. Without HTTP, `use` is never called.
 */
export function whenAdapter(host: Host, use: (adapter: HttpServer) => void): void {
  const tell = (): void => {
    if (host.httpAdapter) use(host.httpAdapter);
  };
  if (host.httpAdapter) tell();
  else if (host.init$) host.init$.subscribe(tell);
  else onAssignment(host, tell);
}

/** Nest before 11.1.4 only assigns `httpAdapter`: an own property replaces the setter until the assignment. */
function onAssignment(host: Host, tell: () => void): void {
  const before = Object.getOwnPropertyDescriptor(host, 'httpAdapter');
  Object.defineProperty(host, 'httpAdapter', {
    configurable: true,
    get: () => undefined,
    set: (adapter: HttpAdapterHost['httpAdapter']) => {
      delete (host as Partial<Host>).httpAdapter;
      if (before) Object.defineProperty(host, 'httpAdapter', before);
      host.httpAdapter = adapter;
      if (adapter) tell();
      else onAssignment(host, tell);
    },
  });
}

/**
 * Calls `announce` when the application's own server listens. It uses the event of the server, because Nest has one only
 * from 11.1.4. Call this function when the application is bootstrapped: before that there may be no server.
 */
export function whenListening(host: Host, announce: (server: Server) => void): void {
  const server = host.httpAdapter?.getHttpServer?.() as Server | undefined;
  if (typeof server?.once !== 'function') return;
  if (server.listening) announce(server);
  else server.once('listening', () => announce(server));
}

/**
 * Returns the address of a listening server as a link, such as `http://localhost:8000`; `undefined` if it listens on no
 * port. Hosts that mean every address of the machine, or the machine itself, become `localhost`; `[::1]` stays, because
 * `localhost` is only 127.0.0.1 on machines without IPv6 in their hosts file.
 */
export function originOf(server: Server): string | undefined {
  const address = server.address();
  if (typeof address !== 'object' || address === null) return undefined;
  // Only servers with TLS have this method, those of HTTP/2 included.
  const scheme = 'setSecureContext' in server ? 'https' : 'http';
  const host = LOCAL.has(address.address) ? 'localhost' : address.address;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

const LOCAL: ReadonlySet<string> = new Set(['0.0.0.0', '::', '127.0.0.1', '::ffff:127.0.0.1']);

/** Returns the path of the Unix socket, or the name of the pipe, that a server listens on; `undefined` if it has a port. */
export function socketOf(server: Server): string | undefined {
  const address = server.address();
  return typeof address === 'string' ? address : undefined;
}
