import { createServer } from 'node:http';
import { once } from 'node:events';
import type { HttpServer } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { originOf, whenAdapter, whenListening } from './host-events.js';

const adapter = { getHttpServer: () => undefined } as unknown as HttpServer;

/** The adapter as it was in Nest before 11.1.4. */
class OldHost {
  private stored: HttpServer | undefined;
  set httpAdapter(value: HttpServer | undefined) {
    this.stored = value;
  }
  get httpAdapter(): HttpServer | undefined {
    return this.stored;
  }
}

describe.each([
  ['Nest 11.0', () => new OldHost()],
  ['a new Nest', () => new HttpAdapterHost()],
])('the adapter of %s', (_name, make) => {
  const watch = (host: any) => {
    const seen: unknown[] = [];
    whenAdapter(host, (found) => seen.push(found));
    return seen;
  };

  it('is available at once', () => {
    const host: any = make();
    host.httpAdapter = adapter;
    expect(watch(host)).toEqual([adapter]);
  });

  it('arrives later, once for each listener', () => {
    const host: any = make();
    const [one, two] = [watch(host), watch(host)];
    host.httpAdapter = adapter;
    expect([one, two]).toEqual([[adapter], [adapter]]);
    expect(host.httpAdapter).toBe(adapter);
    expect(Object.hasOwn(host, 'httpAdapter')).toBe(false);
  });
});

it('an adapter of Nest 11.0 that is set to null, and then to one, is reported', () => {
  const host: any = new OldHost();
  const seen: unknown[] = [];
  whenAdapter(host, (found) => seen.push(found));
  host.httpAdapter = null;
  expect([seen, host.httpAdapter]).toEqual([[], undefined]);
  host.httpAdapter = adapter;
  expect([seen, host.httpAdapter]).toEqual([[adapter], adapter]);
});

it.each([
  ['127.0.0.1', 'localhost'],
  ['::', 'localhost'],
  ['::1', '[::1]'],
  ['127.0.0.2', '127.0.0.2'],
])('a server on %s is announced as %s, with its port', async (host, shown) => {
  const server = createServer();
  const origins: (string | undefined)[] = [];
  whenListening({ httpAdapter: { getHttpServer: () => server } } as never, (listening) =>
    origins.push(originOf(listening)),
  );
  await once(server.listen(0, host), 'listening');
  const { port } = server.address() as { port: number };
  expect(origins).toEqual([`http://${shown}:${port}`]);
  server.close();
});

it('nothing is announced where there is no server', () => {
  for (const httpAdapter of [undefined, null, {}, { getHttpServer: () => undefined }, { getHttpServer: () => ({}) }]) {
    whenListening({ httpAdapter } as never, () => {
      throw new Error('announced');
    });
  }
});
