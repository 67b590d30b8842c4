import { once } from 'node:events';
import { connect } from 'node:net';
import { ADAPTERS, raw, startDebugApp, type DebugApp } from '../../../../../test/support/debug-app.js';

const TOKEN = 'a-token-of-thirty-two-characters-';

/** Headers that reveal a proxy: at least one of each kind. */
const ADDED = [
  'Forwarded',
  'Via',
  'CDN-Loop',
  'X-Forwarded-For',
  'X-Forwarded-Proto',
  'X-Forwarded-Prefix',
  'X-Forwarded',
  'X-Real-IP',
  'X-Original-URI',
  'X-Scheme',
  'X-NginX-Proxy',
  'X-Client-IP',
  'X-Cluster-Client-IP',
  'True-Client-IP',
  'Client-IP',
  'WL-Proxy-Client-IP',
  'X-Varnish',
  'X-ARR-LOG-ID',
  'Disguised-Host',
  'CF-Connecting-IP',
  'CF-Visitor',
  'CloudFront-Viewer-Address',
  'X-Amz-Cf-Id',
  'X-Amzn-Trace-Id',
  'X-Cloud-Trace-Context',
  'X-AppEngine-Country',
  'X-Azure-ClientIP',
  'X-Envoy-External-Address',
  'Akamai-Origin-Hop',
  'Fastly-Client-IP',
  'Fly-Client-IP',
  'X-Vercel-Forwarded-For',
  'X-NF-Client-Connection-IP',
  'Incap-Client-IP',
  'X-Sucuri-ClientIP',
  'DO-Connecting-IP',
  'Rndr-Id',
  'Tailscale-User-Login',
];

/** Headers that clients send themselves. */
const OWN = [
  'Traceparent',
  'X-Request-Id',
  'X-Correlation-Id',
  'X-Requested-With',
  'Cache-Control',
  'Upgrade-Insecure',
];

describe.each(ADAPTERS)('loopback trust, on %s', (adapter) => {
  let host: DebugApp;
  beforeAll(async () => (host = await startDebugApp({ adapter, debug: { environment: 'development', token: TOKEN } })));
  afterAll(() => host.app.close());

  /** The status code for these raw bytes; some of them no HTTP client would send. */
  const statusOf = async (head: string, ...headers: string[]): Promise<number> => {
    const socket = connect(host.port, '127.0.0.1');
    socket.write([head, ...headers, 'Connection: close', '', ''].join('\r\n'));
    const [answer] = (await once(socket.setEncoding('utf8'), 'data')) as [string];
    socket.destroy();
    return Number(answer.split(' ')[1]);
  };
  const local = (): string => `Host: 127.0.0.1:${host.port}`;

  it('ends with each header that a proxy adds', async () => {
    const with1 = async (name: string) => [
      name,
      (await raw(host.port, { headers: { host: 'localhost', [name]: 'x' } })).status,
    ];
    expect(await Promise.all(ADDED.map(with1))).toEqual(ADDED.map((name) => [name, 401]));
    expect(await Promise.all(OWN.map(with1))).toEqual(OWN.map((name) => [name, 200]));
  });

  it('ends with HTTP/1.0, which nginx speaks to its upstream by default', async () => {
    expect(await statusOf('GET /debug/health HTTP/1.1', local())).toBe(200);
    expect(await statusOf('GET /debug/health HTTP/1.0', local())).toBe(401);
    expect(await statusOf('GET /debug/health HTTP/1.0', local(), 'Connection: keep-alive')).toBe(401);
    expect(await statusOf('GET /debug/health HTTP/1.0')).toBe(401);
    // The upstream's name as the Host: no cross-site request, but one through a proxy.
    expect(await statusOf('GET /debug/health HTTP/1.0', 'Host: backend')).toBe(401);
    expect(await statusOf('GET /debug/health HTTP/1.0', 'Host: backend', `Authorization: Bearer ${TOKEN}`)).toBe(200);
  });

  it('ends with a Host that is not this machine, in any spelling', async () => {
    for (const name of [
      'example.com',
      '10.0.0.1',
      '127.0.0.1.example.com',
      'localhost.example.com',
      '[::2]',
      '0.0.0.0',
    ]) {
      expect([name, await statusOf('GET /debug/health HTTP/1.1', `Host: ${name}:${host.port}`)]).toEqual([name, 403]);
    }
  });

  it('ends with the absolute URL of another host as the target, which only proxies receive', async () => {
    expect(await statusOf('GET http://example.com/debug/health HTTP/1.1', local())).toBe(401);
    expect(await statusOf(`GET http://127.0.0.1:${host.port}/debug/health HTTP/1.1`, local())).toBe(200);
  });
});
