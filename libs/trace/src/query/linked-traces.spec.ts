import { Story } from '../../../../test/support/story.js';
import type { RecordDraft } from '../model/record.js';
import { MemoryStore } from '../store/memory/memory-store.js';
import type { FullTraceResponse } from '../contract/responses.js';
import { ALL_IS_WELL } from '../views/hints/hints.js';
import { renderHuman } from '../views/render/human/human.js';
import { renderMarkdown } from '../views/render/markdown/markdown.js';
import { TraceQueryService } from './trace-query.js';

const NOON = Date.UTC(2026, 9, 20, 12) * 1000;
const SPAN = 'b7ad6b7169203331';

let store: MemoryStore;
let query: TraceQueryService;
let count: number;

beforeEach(() => {
  store = new MemoryStore();
  query = new TraceQueryService({ store, version: '0', timeZone: 'UTC', clock: { now: () => NOON + 600_000_000 } });
  count = 0;
});
afterEach(() => store.close());

interface Sketch {
  /** Trace that it continues. */
  of?: string;
  /** Span of the carrier. */
  span?: string;
  contact?: string;
  status?: 'completed' | 'error' | 'timeout' | 'active';
  error?: string;
  reply?: boolean;
  agent?: boolean;
  /** Id before the contact is known. */
  provisional?: string;
}

/** Writes a trace that lasts a second and begins two seconds after the one before it. Returns its id. */
function write({ of, span = SPAN, contact = 'ana', status = 'completed', ...more }: Sketch = {}): string {
  count += 1;
  const id = `${contact}_20261020_120000_${String(count).padStart(6, '0')}`;
  const link = of === undefined ? {} : { link: of, parent: span };
  const opening = more.provisional === undefined ? link : { ...link, id: more.provisional };
  const story = new Story(`1-${count}`, id, NOON + count * 2_000_000).open(opening);
  story.identify({
    contact,
    message: of === undefined ? 'hola' : undefined,
    type: of === undefined ? 'generic' : 'continued',
  });
  if (more.agent) story.event('agent_routing', { from: 'supervisor', to: 'sofia' });
  if (more.reply) story.at(500).event('message_sent', { message: 'listo' });
  if (more.error !== undefined) story.at(900).error('crm', more.error, { type: 'TypeError' });
  if (status !== 'active') story.at(1_000).end(status);
  for (const { seq: _, ...record } of story.records) {
    const draft = { ...record } as Record<string, unknown>;
    if (draft.data !== undefined) draft.data = JSON.stringify(draft.data);
    store.sink.append(draft as unknown as RecordDraft);
  }
  return id;
}

const show = (id: string): Promise<FullTraceResponse> => query.trace(id);
const ends = ({ links = [] }: FullTraceResponse): unknown[] =>
  links.map(({ trace_id, relation, status, attempt }) => [relation, trace_id, status, ...(attempt ? [attempt] : [])]);

it('a trace alone has no links, in no response', async () => {
  const id = write();
  expect(await show(id)).not.toHaveProperty('links');
  expect(await query.export(id)).not.toHaveProperty('links');
  expect((await query.traces({})).traces[0]).not.toHaveProperty('continues');
});

it('a webhook and its job link to each other, in the trace, the export, the list and the quick debug', async () => {
  const webhook = write();
  const job = write({ of: webhook });
  expect((await show(webhook)).links).toEqual([
    {
      trace_id: job,
      relation: 'continued_by',
      status: 'completed',
      started_at: '2026-10-20T12:00:04.000000Z',
      duration_ms: expect.any(Number),
      type: 'continued',
    },
  ]);
  expect((await show(job)).links).toEqual([
    expect.objectContaining({ trace_id: webhook, relation: 'continues', status: 'completed', type: 'generic' }),
  ]);
  expect((await query.export(job)).links).toEqual((await show(job)).links);
  expect((await query.quickDebug('ana')).latest_trace.links).toEqual((await show(job)).links);
  expect((await query.traces({})).traces.map(({ continues }) => continues)).toEqual([webhook, undefined]);
  expect((await show(webhook)).debug_hints).toEqual([ALL_IS_WELL]);
});

it('a chain shows neighbours only', async () => {
  const [first] = [write()];
  const second = write({ of: first });
  const third = write({ of: second });
  expect(ends(await show(first))).toEqual([['continued_by', second, 'completed']]);
  expect(ends(await show(second))).toEqual([
    ['continues', first, 'completed'],
    ['continued_by', third, 'completed'],
  ]);
  expect(ends(await show(third))).toEqual([['continues', second, 'completed']]);
});

describe('attempts', () => {
  it('are numbered where each earlier one failed', async () => {
    const webhook = write();
    const one = write({ of: webhook, status: 'error', error: 'down' });
    const two = write({ of: webhook, status: 'timeout' });
    const three = write({ of: webhook, reply: true });
    const trace = await show(webhook);
    expect(ends(trace)).toEqual([
      ['continued_by', one, 'error', 1],
      ['continued_by', two, 'timeout', 2],
      ['continued_by', three, 'completed', 3],
    ]);
    expect(trace.debug_hints).toEqual([
      ALL_IS_WELL,
      `🔗 Attempt 3 completed in ${three}; attempt 2 failed in ${two}`,
      `🔗 The reply was sent in ${three}`,
    ]);
    expect((await show(one)).debug_hints).toEqual([
      expect.stringContaining('TypeError in crm: down'),
      `🔗 Attempt 1 of ${webhook}; the last attempt ended in ${three}`,
      `🔗 The reply was sent in ${three}`,
    ]);
    expect((await show(two)).debug_hints).toContain(`🔗 Attempt 2 of ${webhook}; attempt 1 failed in ${one}`);
    expect((await show(three)).debug_hints).toEqual([
      ALL_IS_WELL,
      `🔗 Attempt 3 of ${webhook}; attempt 2 failed in ${two}`,
    ]);
    expect((await show(three)).links).toEqual([expect.objectContaining({ trace_id: webhook, attempt: 3 })]);
  });

  it('are none where the earlier job ended well, or came from another span', async () => {
    const webhook = write();
    write({ of: webhook });
    write({ of: webhook, status: 'error', error: 'down' });
    write({ of: webhook, span: '00f067aa0ba902b7' });
    expect(ends(await show(webhook)).filter((end) => (end as unknown[]).length > 3)).toEqual([]);
  });
});

describe('hints of the webhook', () => {
  it('report where its job failed, and that it runs', async () => {
    const webhook = write();
    const failed = write({ of: webhook, status: 'error', error: 'down' });
    expect((await show(webhook)).debug_hints).toEqual([`🔗 Continued in ${failed}: error TypeError in crm: down`]);
    const other = write();
    const running = write({ of: other, status: 'active' });
    expect((await show(other)).debug_hints).toEqual([`🔗 Continued in ${running}: still running`]);
  });

  it('report no missing reply that a linked trace sent', async () => {
    const webhook = write({ agent: true });
    expect((await show(webhook)).debug_hints.join()).toContain('📭');
    const job = write({ of: webhook, reply: true });
    const { debug_hints, summary } = await show(webhook);
    expect(debug_hints).toEqual([ALL_IS_WELL, `🔗 The reply was sent in ${job}`]);
    expect(summary.message_sent).toBe(false);
  });

  it('keep the missing reply where the job sent none', async () => {
    const webhook = write({ agent: true });
    write({ of: webhook });
    expect((await show(webhook)).debug_hints.join()).toContain('📭');
  });
});

it('shows 50 at most, the newest, and says that there are more', async () => {
  const webhook = write();
  const jobs = Array.from({ length: 60 }, () => write({ of: webhook, status: 'error', error: 'down' }));
  const trace = await show(webhook);
  expect(trace.links?.map(({ trace_id }) => trace_id)).toEqual(jobs.slice(-50));
  expect(trace.more_links).toBe(true);
  // The number of earlier jobs is unknown, so no attempt has a number.
  expect(JSON.stringify(trace.links)).not.toContain('"attempt"');
  expect(trace.debug_hints).toHaveLength(4);
});

it('finds the trace that continues the id that a webhook had before its contact was identified', async () => {
  const webhook = write({ provisional: 'unknown_20261020_120000_000001' });
  const job = write({ of: 'unknown_20261020_120000_000001' });
  expect(ends(await show(webhook))).toEqual([['continued_by', job, 'completed']]);
  expect(ends(await show(job))).toEqual([['continues', webhook, 'completed']]);
});

it('has no link to a deleted trace, nor to itself', async () => {
  const gone = write();
  const job = write({ of: gone, status: 'error', error: 'x' });
  await store.admin.clear({ keepErrors: true });
  expect(await show(job)).not.toHaveProperty('links');
  expect(await show(write({ of: 'ana_20261020_120000_000003' }))).not.toHaveProperty('links');
});

it('is shown to people too', async () => {
  const webhook = write();
  const job = write({ of: webhook, status: 'error', error: 'down', reply: true });
  const trace = await show(webhook);
  expect(renderHuman('trace', trace)).toContain(`Continued by ${job}: `);
  expect(renderHuman('trace', await show(job))).toContain(`Continues ${webhook}: `);
  const markdown = renderMarkdown('trace', trace);
  expect(markdown).toContain(`- Continued by \`${job}\`: `);
  expect(markdown).toContain('The reply was sent in a linked trace.');
  expect(renderMarkdown('debug', await query.quickDebug('ana'))).toContain('## Linked traces');
});
