import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { ended, sendMessage, startExampleApp, type RunningExample } from './support/example.js';
import { run } from './support/run.js';

const SECRET = 'a secret of this test';

function signature(text: string): string {
  return `sha256=${createHmac('sha256', SECRET).update(text).digest('hex')}`;
}

describe('the example application', () => {
  let example: RunningExample;

  beforeAll(async () => {
    example = await startExampleApp({ EXAMPLE_WEBHOOK_SECRET: SECRET });
  });

  afterAll(() => example?.stop());

  async function trace(id: string): Promise<any> {
    return (await fetch(`${example.url}/debug/trace/${id}`)).json();
  }

  async function post(path: string, body: string, headers: Record<string, string> = {}) {
    const response = await fetch(example.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    const id = response.headers.get('x-trace-id') ?? '';
    await ended(example.url, id);
    return { status: response.status, trace: await trace(id) };
  }

  it.each([
    ['maria', 'Quiero más información', 3, ['crm_update']],
    ['carlos', '¿Qué precio tiene?', 5, ['prepare_quote']],
    ['sofia', 'Quiero agendar una cita mañana', 9, ['check_calendar_availability']],
    ['sofia', 'Agenda mi cita el lunes a las 9', 9, ['check_calendar_availability', 'book_appointment']],
  ])('routes to %s: %s', async (agent, message, score, tools) => {
    const id = await sendMessage(example.url, `routes-${agent}-${tools.length}`, message);
    expect(await trace(id)).toMatchObject({
      status: 'completed',
      summary: { lead_score: score, suggested_agent: agent, routing_path: [`supervisor → ${agent}`], tools },
    });
  });

  it('acknowledges before the work is done', async () => {
    const id = await sendMessage(example.url, 'early', 'Quiero agendar una cita');
    const { webhook, duration_ms } = await trace(id);
    expect(webhook.status_code).toBe(202);
    expect(webhook.acknowledged_ms).toBeLessThan(duration_ms);
  });

  it('remembers a contact', async () => {
    await sendMessage(example.url, 'again', 'Quiero agendar una cita');
    const id = await sendMessage(example.url, 'again', 'Gracias, hasta luego');
    expect(await trace(id)).toMatchObject({
      status: 'silent',
      summary: { messages_loaded: 1, previous_score: 8, message_sent: false },
    });
  });

  it('stops agents that hand a lead to one another without end', async () => {
    const id = await sendMessage(example.url, 'loop', 'No sé si quiero información o precios');
    const { summary, debug_hints } = await trace(id);
    expect(summary.routing_path).toEqual(['supervisor → carlos', 'carlos → maria', 'maria → carlos', 'carlos → maria']);
    expect(debug_hints.join()).toContain('Routing loop');
  });

  describe('the signed webhook', () => {
    const body = JSON.stringify({ contactId: 'signed', body: 'Quiero agendar una cita' });

    it('accepts a signed request', async () => {
      const answer = await post('/webhook/signed', body, { 'x-signature-256': signature(body) });
      expect(answer).toMatchObject({ status: 202, trace: { contact_id: 'signed', status: 'completed' } });
    });

    it.each([
      ['no signature', {}],
      ['another body’s signature', { 'x-signature-256': signature('{}') }],
    ])('refuses %s, and keeps a trace of it', async (_what, headers) => {
      const answer = await post('/webhook/signed', body, headers);
      expect(answer).toMatchObject({
        status: 401,
        trace: { contact_id: 'signed', status: 'error', webhook: { status_code: 401 }, errors: [{}] },
      });
    });

    it('never shows the signature', async () => {
      const { trace: full } = await post('/webhook/signed', body, { 'x-signature-256': signature(body) });
      expect(JSON.stringify(full)).not.toContain(signature(body).slice(7));
    });
  });

  it.each([
    ['JSON that is none', '{"contactId":', 'unknown'],
    ['no contact', '{"body":"hola"}', 'unknown'],
    ['a body that is no text', '{"contactId":"c-9","body":{"deep":1}}', 'c-9'],
  ])('responds 400 to %s, and keeps a trace of it', async (_what, body, contact) => {
    const answer = await post('/webhook', body);
    expect(answer).toMatchObject({ status: 400, trace: { contact_id: contact, status: 'error' } });
    expect(answer.trace.errors).toHaveLength(1);
  });
});

it('the example stops at once on a signal, and prints the work that it abandoned', async () => {
  const example = await startExampleApp({ EXAMPLE_SPEED: '1' });
  const watching = new AbortController();
  try {
    await fetch(`${example.url}/debug/stream`, { signal: watching.signal });
    const response = await fetch(`${example.url}/webhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ contactId: 'cut-off', body: 'Necesito una cotización detallada' }),
    });
    const id = response.headers.get('x-trace-id') ?? '';
    const before = Date.now();
    await example.terminate();
    // The quote alone takes 5.2 s: the shutdown does not wait for it.
    expect(Date.now() - before).toBeLessThan(4_000);

    const { stdout } = await run(
      process.execPath,
      [join(process.cwd(), 'dist/cli/main.js'), 'trace', id, '--export', '--dir', '.traces'],
      { cwd: example.dir, env: { TRACE_URL: undefined, TRACE_DIR: undefined } },
    );
    expect(JSON.parse(stdout)).toMatchObject({ trace_id: id, status: 'interrupted' });
  } finally {
    watching.abort();
    await example.stop();
  }
});
