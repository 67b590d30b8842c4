import { ADAPTERS, type DebugApp, raw, startDebugApp } from '../../../../../test/support/debug-app.js';
import { installNoCors } from './no-cors.js';

const ORIGIN = 'https://other.example';
const preflight = { origin: ORIGIN, 'access-control-request-method': 'GET' };

describe.each(ADAPTERS)('with CORS on for all the application, on %s', (adapter) => {
  let app: DebugApp;
  beforeAll(async () => {
    app = await startDebugApp({
      adapter,
      configure: (nest) => {
        installNoCors(nest.getHttpAdapter() as never, () => '/debug');
        nest.enableCors({ origin: ORIGIN, credentials: true });
      },
    });
  });
  afterAll(() => app.app.close());

  const corsOf = async (method: string, path: string, headers: Record<string, string>): Promise<string[]> => {
    const answer = await raw(app.port, { method, path, headers: { host: 'localhost', ...headers } });
    return Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'));
  };

  it.each([
    ['GET', '/debug/health', {}],
    ['GET', '/debug', {}],
    ['GET', '/debug/nothing', {}],
    ['GET', '/debug/health', { origin: ORIGIN }],
    ['OPTIONS', '/debug', preflight],
    ['OPTIONS', '/debug/health?a=1', preflight],
    ['OPTIONS', '/DEBUG/health', preflight],
  ])('answers %s %s with none of its headers', async (method, path, headers) => {
    expect(await corsOf(method, path, headers)).toEqual([]);
  });

  it.each([
    ['GET', '/own', { origin: ORIGIN }],
    ['OPTIONS', '/own', preflight],
    ['OPTIONS', '/debugger', preflight],
  ])('leaves %s %s to the application', async (method, path, headers) => {
    expect(await corsOf(method, path, headers)).toContain('access-control-allow-origin');
  });
});
