import { Story } from '../../../../../test/support/story.js';
import { traceSpans } from '../export/trace-spans.js';
import { OTEL_KIND, OTEL_STATUS, type OtelSpan } from '../otel-span.js';
import { spanRecords } from './span-records.js';

const ID = 'ana_20260101_000000_000000';
const failedSpan = (name: string, spanId: string, more: Partial<OtelSpan>): OtelSpan => ({
  traceId: 'a'.repeat(32),
  spanId: spanId.repeat(16),
  name,
  kind: OTEL_KIND.internal,
  startedAt: 1_000,
  endedAt: 2_000,
  attributes: {},
  events: [],
  links: [],
  status: { code: OTEL_STATUS.error, message: `${name} failed` },
  scope: { name: 'agents' },
  ...more,
});

const errorsIn = (spans: readonly OtelSpan[]) =>
  spanRecords(spans, ID).flatMap((record) => (record.kind === 'error' ? [[record.location, record.message]] : []));

it('a call of another service that failed is a failed step, other work that failed an error', () => {
  const spans = [
    failedSpan('call', '1', { kind: OTEL_KIND.client, attributes: { 'http.request.method': 'GET' } }),
    failedSpan('query', '2', { attributes: { 'db.system': 'redis' } }),
    failedSpan('publish', '3', { kind: OTEL_KIND.producer }),
    failedSpan('work', '4', {}),
  ];
  expect(errorsIn(spans)).toEqual([['work', 'work failed']]);
  const ends = spanRecords(spans, ID).filter(({ kind }) => kind === 'span_end');
  expect(ends.map((end) => (end as { outcome?: string }).outcome)).toEqual(['error', 'error', 'error', 'error']);
  expect(ends[0]).toMatchObject({ output: { error: { type: 'Error', message: 'call failed' } } });
});

it('the errors of an exported trace are those that it had', () => {
  const [CALL, MODEL, QUERY] = ['b', 'c', 'd'].map((digit) => digit.repeat(16)) as [string, string, string];
  const stored = new Story()
    .open({ method: 'POST', path: '/webhook' })
    .identify()
    .span(CALL, 'http', 'GET api.x')
    .spanEnd(CALL, 1, { outcome: 'error', attributes: { 'http.response.status_code': 503 } })
    .span(MODEL, 'llm', 'gpt-5')
    .spanEnd(MODEL, 1, { outcome: 'error', attributes: { 'error.type': '429' } })
    .span(QUERY, 'db', 'INSERT')
    .error('INSERT', 'duplicate key', { span: QUERY, type: 'DatabaseError' })
    .spanEnd(QUERY, 1, { outcome: 'error' })
    .end('completed')
    .stored();
  expect(errorsIn(traceSpans(stored, { content: 'full', resource: {} }))).toEqual([['INSERT', 'duplicate key']]);
});
