import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sendMessage, startExampleApp, type RunningExample } from './support/example.js';
import { run, type Finished } from './support/run.js';

/** The usage guide, step by step, with `get-trace`, against the running example. */
const CONTACT = 'z49hFQn0DxOX5sInJg60';
const MESSAGE = 'Quiero agendar una cita';
const EXPORT_KEYS = [
  'trace_id',
  'contact_id',
  'duration_ms',
  'status',
  'webhook_message',
  'timeline',
  'summary',
  'debug_hints',
];

describe('the usage guide', () => {
  let example: RunningExample;
  let booking: string;
  let failure: string;

  beforeAll(async () => {
    example = await startExampleApp();
    failure = await sendMessage(example.url, 'a81kLmB2PqRs7TuVwX34', 'Agenda mi cita el domingo a las 10');
    booking = await sendMessage(example.url, CONTACT, MESSAGE);
  });

  afterAll(() => example?.stop());

  /** Runs a command as a user types it, in the directory of the application. */
  function getTrace(...args: string[]): Promise<Finished> {
    return run(process.execPath, [join(process.cwd(), 'dist/cli/main.js'), ...args], {
      cwd: example.dir,
      env: { TRACE_URL: example.url, TRACE_DIR: undefined, TRACE_TOKEN: undefined },
    });
  }

  async function get(path: string): Promise<any> {
    const response = await fetch(example.url + path);
    expect(response.status).toBe(200);
    return response.json();
  }

  describe('1. view recent traces', () => {
    it('get-trace list', async () => {
      const { code, stdout } = await getTrace('list');
      expect(code).toBe(0);
      expect(stdout).toContain(CONTACT);
      expect(stdout).toContain('a81kLmB2PqRs7TuVwX34');
    });

    it('get-trace list --status error', async () => {
      const { code, stdout } = await getTrace('list', '--status', 'error');
      expect(code).toBe(0);
      expect(stdout).toContain('a81kLmB2PqRs7TuVwX34');
      expect(stdout).not.toContain(CONTACT);
    });
  });

  it('2. get-trace debug <contact>', async () => {
    const { code, stdout } = await getTrace('debug', CONTACT);
    expect(code).toBe(0);
    expect(stdout).toContain(`📥 Received: '${MESSAGE}'`);
    expect(stdout).toContain('✅ Workflow completed successfully');
  });

  describe('3. get the last error', () => {
    it('get-trace error', async () => {
      const { code, stdout } = await getTrace('error');
      expect(code).toBe(0);
      expect(stdout).toContain(failure);
      expect(stdout).toContain('The calendar service did not take the appointment');
      expect(stdout).toContain('connect ECONNREFUSED 203.0.113.7:443');
    });

    it('get-trace error --raw > error.json', async () => {
      const { code, stdout } = await getTrace('error', '--raw');
      expect(code).toBe(0);
      expect(stdout.trimEnd()).not.toContain('\n');
      const file = join(example.dir, 'error.json');
      writeFileSync(file, stdout);
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
        trace_id: failure,
        status: 'error',
        error_summary: { count: 1, first_error: { message: 'The calendar service did not take the appointment' } },
      });
    });
  });

  it('4. curl -N http://localhost:8000/debug/stream', async () => {
    const stop = new AbortController();
    const stream = await fetch(`${example.url}/debug/stream`, { signal: stop.signal, headers: { accept: '*/*' } });
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const sent = sendMessage(example.url, 'stream-contact', 'Quiero más información');
    let text = '';
    for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes('event: trace.ended')) break;
    }
    stop.abort();
    const id = await sent;
    expect(text.indexOf('event: trace.started')).toBeGreaterThanOrEqual(0);
    expect(text.indexOf('event: trace.event')).toBeGreaterThan(text.indexOf('event: trace.started'));
    expect(text).toContain(id);
  });

  describe('5. export for sharing', () => {
    it('get-trace last --export > trace.json', async () => {
      const id = await sendMessage(example.url, 'the-last-one', MESSAGE);
      const { code, stdout } = await getTrace('last', '--export');
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ trace_id: id, contact_id: 'the-last-one' });
    });

    it('get-trace trace TRACE_ID --export > trace.json: the example, key by key', async () => {
      const { code, stdout } = await getTrace('trace', booking, '--export');
      expect(code).toBe(0);
      const exported = JSON.parse(stdout);
      expect(Object.keys(exported)).toEqual(EXPORT_KEYS);
      expect(exported).toMatchObject({
        trace_id: expect.stringMatching(new RegExp(`^${CONTACT}_\\d{8}_\\d{6}_\\d{6}$`)),
        contact_id: CONTACT,
        duration_ms: expect.any(Number),
        status: 'completed',
        webhook_message: MESSAGE,
        summary: {
          lead_score: 8,
          suggested_agent: 'sofia',
          routing_path: ['supervisor → sofia'],
          message_sent: true,
        },
        debug_hints: ['✅ Workflow completed successfully'],
      });
      const lines: string[] = exported.timeline;
      for (const line of lines) expect(line).toMatch(/^\[\d\d:\d\d:\d\d\] /);
      const guide = [
        `📥 Received: '${MESSAGE}'`,
        '🧠 Intelligence: score=8',
        '🔀 Route: supervisor → sofia',
        '🔧 Tool: check_calendar_availability',
        `📤 Sent: '¡Perfecto! Tengo estos horarios...'`,
      ];
      const without = lines.map((line) => line.slice('[14:30:22] '.length));
      // Between them are only the agent and the model, which have their own lines in the contract.
      expect(without.filter((line) => !/^(🤖 Agent|💬 LLM): /u.test(line))).toEqual(guide);
    });

    it('the same over REST, as a file', async () => {
      const response = await fetch(`${example.url}/debug/trace/${booking}/export`);
      expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename=/);
      expect(Object.keys((await response.json()) as object)).toEqual(EXPORT_KEYS);
    });
  });

  describe('the web interface', () => {
    it('/debug/health', async () => {
      expect(await get('/debug/health')).toMatchObject({ status: 'ok', reasons: [], dropped: {}, self_errors: 0 });
    });

    it('/debug/traces', async () => {
      const { count, traces } = await get('/debug/traces?limit=500');
      expect(traces).toHaveLength(count);
      expect(traces.map((trace: any) => trace.trace_id)).toEqual(expect.arrayContaining([booking, failure]));
    });

    it('/debug/last-error', async () => {
      expect(await get('/debug/last-error')).toMatchObject({
        trace_id: failure,
        export_command: expect.stringContaining(failure),
        error_summary: { locations: expect.any(Array) },
      });
    });

    it('/debug/stats', async () => {
      const stats = await get('/debug/stats');
      expect(stats.error_traces).toBe(1);
      expect(stats.agent_routing['supervisor → sofia']).toBeGreaterThanOrEqual(2);
      expect(stats.tools.check_calendar_availability).toBeGreaterThanOrEqual(2);
    });

    it('/debug', async () => {
      const response = await fetch(`${example.url}/debug`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain('text/html');
    });
  });
});
