/** A journal that the last build of format 1 wrote, in a directory that this build continues. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningApp, startApp } from './support/nest-app.js';
import { HooksController, WebhookController } from './support/webhook.controller.js';

const FIXTURE = new URL('support/journal-format-1', import.meta.url).pathname;
/** Its traces, by contact, the newest first. */
const TRACES: [string, string][] = [
  ['c-cron', 'completed'],
  ['c-queue', 'completed'],
  ['34600111222', 'completed'],
  ['c-queue', 'completed'],
  ['c-late', 'completed'],
  ['c-refuse', 'error'],
  ['c-cause', 'error'],
  ['c-agent', 'completed'],
  ['h-hang', 'interrupted'],
  ['a81kLmB2PqRs7TuVwX34', 'error'],
  ['d12wEsQ4MnBv8CxZaS90', 'silent'],
  ['z49hFQn0DxOX5sInJg60', 'completed'],
];
const BOOKING = 'z49hFQn0DxOX5sInJg60_20261201_095440_426241';

let dir: string;
let app: RunningApp;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'format-1-'));
  cpSync(FIXTURE, dir, { recursive: true });
  app = await startApp({
    dir,
    controllers: [WebhookController, HooksController],
    options: { timeZone: 'UTC', retention: { maxAge: '36500d' } },
  });
});

afterAll(async () => {
  await app.close();
  rmSync(dir, { recursive: true, force: true });
});

const ids = async (query: string) =>
  (await app.debug(`/traces?${query}`)).traces.map((trace: any) => trace.contact_id as string);

it('lists its traces, including those with facts in their payloads', async () => {
  const { traces } = await app.debug('/traces?limit=50');
  expect(traces.map((trace: any) => [trace.contact_id, trace.status])).toEqual(TRACES);
  expect(await ids('tool=crm')).toEqual(['h-hang']);
  expect(await ids('agent=carlos')).toEqual(['h-hang']);
  expect(await ids('tool=check_calendar_availability')).toEqual(['a81kLmB2PqRs7TuVwX34', 'z49hFQn0DxOX5sInJg60']);
  expect(await ids('q=calendar+service')).toEqual(['a81kLmB2PqRs7TuVwX34']);
  const { agent_routing, tools } = await app.debug('/stats?since=2026-12-01T00:00Z');
  expect(agent_routing).toMatchObject({ 'maria → carlos': 1, 'supervisor → sofia': 2 });
  expect(tools).toMatchObject({ crm: 1, book_appointment: 1 });
});

it("shows its traces with today's names", async () => {
  const trace = await app.debug(`/trace/${BOOKING}`);
  expect(trace).toMatchObject({ status: 'completed', pinned: true });
  expect(trace.summary).toMatchObject({ lead_score: 8, routing_path: ['supervisor → sofia'], message_sent: true });
  expect(trace.events.filter((event: any) => event.name === 'supervisor.analyse')).toMatchObject([{ type: 'step' }]);
  expect(trace.events.some((event: any) => event.type === 'node')).toBe(false);
  const continued = await app.debug('/trace/c-queue_20261201_095445_929859');
  expect(continued.links).toMatchObject([{ trace_id: 'c-queue_20261201_095444_697475' }]);
});

it('writes format 2 after it, with another slot and its own keys', async () => {
  await app.post('/webhook/sync', { contactId: 'new-1', body: 'hola' });
  const trace = await app.ended('new-1');
  expect(Number(trace.trace_id.slice(-6)) % 64).toBe(4);
  const [header, open] = readFileSync(join(dir, 'journal', '00000004.ndjson'), 'utf8')
    .split('\n')
    .slice(0, 2)
    .map((line) => JSON.parse(line));
  expect(header).toMatchObject({ kind: 'segment', format: 2, writer: 4, pid: process.pid });
  expect(header.writer_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(open.trace).toMatch(/^4x[0-9a-z]{8}-1$/);
  expect((await ids('limit=2')).slice(0, 2)).toContain('new-1');
});

it('erases a contact from it', async () => {
  const response = await fetch(`${app.url}/debug/contacts/z49hFQn0DxOX5sInJg60`, { method: 'DELETE' });
  expect(await response.json()).toMatchObject({ removed: 1 });
  const journal = join(dir, 'journal');
  const text = readdirSync(journal).map((name) => readFileSync(join(journal, name), 'utf8'));
  expect(text.join('')).not.toContain('z49hFQn0DxOX5sInJg60');
  expect(text.join('')).toContain('a81kLmB2PqRs7TuVwX34');
  expect(await ids('contact_id=z49hFQn0DxOX5sInJg60')).toEqual([]);
});
