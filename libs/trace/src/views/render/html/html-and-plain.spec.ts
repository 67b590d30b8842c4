import { naughtyTrace } from '../../../../../../test/support/big-trace.js';
import { exportTrace } from '../../responses/export.js';
import { EMBEDDED_TRACE, traceHtml } from './html-trace.js';
import { renderPlain } from '../plain/plain.js';

const trace = naughtyTrace(60);

describe('the page of a trace', () => {
  const page = traceHtml(trace);

  it('loads nothing, and runs nothing', () => {
    expect(page).toContain(`default-src 'none'`);
    expect(page).not.toMatch(/\b(?:src|href)=/);
    expect(page.match(/<script\b[^>]*>/g)).toEqual([`<script type="application/json" id="${EMBEDDED_TRACE}">`]);
  });

  it('lets no captured text become markup or a control', () => {
    const [visible = ''] = page.split('<script type');
    expect(visible).not.toMatch(/<script|<!--|alert\(1\)<\/|[\u202a-\u202e\u2066-\u2069]/);
    // oxlint-disable-next-line no-control-regex
    expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  });

  it('contains the trace’s data', () => {
    const [, data = ''] = /<script [^>]*>([^<]*)<\/script>/.exec(page) ?? [];
    expect(JSON.parse(data)).toEqual(trace);
  });

  it('is made of an export too', () => expect(traceHtml(exportTrace(trace))).toContain('<h2>Timeline</h2>'));
});

describe('plain lines', () => {
  const lines = renderPlain('trace', trace).split('\n');

  it('have one item each, for any captured text', () => {
    expect(lines.filter((line) => line.startsWith('timeline\t'))).toHaveLength(trace.timeline.length);
    expect(lines.filter((line) => line.startsWith('error\t')).map((line) => line.split('\t').length)).toEqual(
      trace.errors.map(() => 7),
    );
    // oxlint-disable-next-line no-control-regex
    expect(lines.join('\n')).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  it('have a dash where there is nothing', () => {
    const item = { trace_id: 'a', contact_id: 'c', started_at: 't', duration_ms: 1, status: 'completed' as const };
    const answer = { count: 1, traces: [{ ...item, message: null, errors: 0, events: 1, route: null }], next: null };
    expect(renderPlain('list', answer)).toBe('a\tcompleted\tt\t1\t0\tc\t-\t-');
  });
});
