import { ADAPTERS, startDebugApp } from '../../../../../test/support/debug-app.js';
import type { DebugApp } from '../../../../../test/support/debug-app.js';
import { TRACE_ID } from '../../../../../test/support/debug-queries.js';

const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

describe.each(ADAPTERS)('POST /debug/mcp on %s', (adapter) => {
  let host: DebugApp;
  beforeAll(async () => {
    host = await startDebugApp({ adapter });
  });
  afterAll(() => host.app.close());

  const post = async (message: object, headers: Record<string, string> = {}) => {
    const url = `${host.url}/debug/mcp`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...HEADERS, ...headers },
      body: JSON.stringify(message),
    });
    const text = await response.text();
    const data = /^data: (.*)$/m.exec(text)?.[1] ?? text;
    return { status: response.status, headers: response.headers, body: JSON.parse(data) };
  };

  it('lists and calls the tools', async () => {
    const { status, body, headers } = await post(LIST);
    expect([status, body.result.tools.length]).toEqual([200, 8]);
    expect(headers.get('cache-control')).toBe('no-store');
    const called = await post({
      ...LIST,
      method: 'tools/call',
      params: { name: 'get_trace', arguments: { trace_id: TRACE_ID } },
    });
    expect(JSON.parse(called.body.result.content[0].text)).toMatchObject({ trace_id: TRACE_ID, reply: 'sent' });
  });

  it('is closed to other sites and forms like every other route', async () => {
    expect(await post(LIST, { origin: 'https://evil.example' })).toMatchObject({
      status: 403,
      body: { code: 'CROSS_SITE' },
    });
    expect(await post(LIST, { 'content-type': 'text/plain' })).toMatchObject({
      status: 403,
      body: { code: 'CROSS_SITE' },
    });
  });

  it('offers no stream', async () => {
    const response = await fetch(`${host.url}/debug/mcp`, { headers: { accept: 'text/event-stream' } });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('names the fault of an invalid message', async () => {
    expect(await post({ hello: 1 })).toMatchObject({ status: 400, body: { jsonrpc: '2.0' } });
  });
});
