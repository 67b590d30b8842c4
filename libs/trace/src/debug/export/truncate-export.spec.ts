import type { ErrorDto, ExportResponse } from '../../contract/responses.js';
import { estimateTokens } from '../../views/text/token-estimate.js';
import { truncateExport } from './truncate-export.js';

const error = (index: number): ErrorDto => ({
  timestamp: '2024-01-20T14:30:22.123456Z',
  location: 'check_calendar',
  type: 'Error',
  message: `calendar is down ${'!'.repeat(500)}`,
  stack: Array.from({ length: 40 }, (_, line) => `    at frame_${index}_${line}`).join('\n'),
  cause: ['x'.repeat(2000)],
  context: { day: 'y'.repeat(2000) },
  fingerprint: 'f',
});

const BIG: ExportResponse = {
  trace_id: 'c_20240120_143022_123456',
  contact_id: 'c',
  duration_ms: 1,
  status: 'error',
  webhook_message: 'm'.repeat(5000),
  timeline: Array.from({ length: 200 }, (_, index) => `[14:30:22] 📌 step_${index}`),
  summary: { message_sent: false, response_preview: 'p'.repeat(100) },
  debug_hints: Array.from({ length: 12 }, (_, index) => `❌ hint ${index} ${'h'.repeat(100)}`),
  errors: Array.from({ length: 10 }, (_, index) => error(index)),
};
const render = (answer: ExportResponse) => JSON.stringify(answer, null, 2);

it.each([250, 400, 800, 1500, 3000, 6000, 12_000])('fits into %i tokens', (budget) => {
  const fitted = truncateExport(BIG, budget, render);
  expect(estimateTokens(render(fitted))).toBeLessThanOrEqual(budget);
  expect(fitted).toMatchObject({ trace_id: BIG.trace_id, status: 'error', summary: { message_sent: false } });
});

it('changes nothing that fits', () => expect(truncateExport(BIG, 1_000_000, render)).toBe(BIG));

it('keeps the beginning and the end, and counts omitted events however often it is cut', () => {
  const { timeline } = truncateExport({ ...BIG, errors: undefined, webhook_message: 'm' }, 1000, render);
  const [first] = timeline;
  expect(first).toBe(BIG.timeline[0]);
  expect(timeline.at(-1)).toBe(BIG.timeline.at(-1));
  const omitted = Number(/^… (\d+) lines/.exec(timeline.find((line) => line.startsWith('…')) ?? '')?.[1]);
  expect(omitted + timeline.length - 1).toBe(200);
});
