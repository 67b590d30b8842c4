import { fullTraceOf } from '../../../../../../test/support/full-trace-of.js';
import { Story } from '../../../../../../test/support/story.js';
import type { FullTraceResponse } from '../../../contract/responses.js';
import { compareTraces } from '../../compare/compare.js';
import { estimateTokens } from '../../text/token-estimate.js';
import { traceMarkdown } from './markdown-trace.js';

const begun = (id: string): Story => new Story(id, id).open().identify();
const tool = (story: Story, span: string, name: string, ms: number): Story =>
  story.span(span, 'tool', name, { input: 1 }).spanEnd(span, ms, { output: 'ok' });

const well = fullTraceOf(
  tool(tool(tool(begun('b'), 's1', 'crm', 120), 's2', 'calendar', 10), 's3', 'calendar', 10)
    .event('message_sent', { message: 'Hola' })
    .end('completed'),
);
const failed = fullTraceOf(
  tool(tool(begun('a'), 's1', 'crm', 4_100), 's2', 'retry`*_<b>', 10)
    .error('crm', 'no')
    .end('error'),
);
const comparison = compareTraces(failed, well, 'contact');

describe('a trace compared with a completed one', () => {
  it('lists missing steps, extra steps and slower steps', () => {
    const [, text = ''] = traceMarkdown(failed, { comparison }).split('## Compared with one that went well\n\n');
    expect(text.split('\n\n')[0]!.split('\n')).toEqual([
      `- With \`${well.trace_id}\`, the newest completed trace of the same contact: ✅ completed, 0 ms`,
      '- Missing here: `tool calendar` × 2, `message_sent`',
      '- Only here: ``tool retry`*_<b>``, `error crm`',
      '- Slower here: `tool crm` 4.1 s, there 120 ms',
    ]);
  });

  it('reports that the steps are the same', () => {
    const same = compareTraces(
      well,
      fullTraceOf(
        tool(tool(tool(begun('c'), 's1', 'crm', 120), 's2', 'calendar', 10), 's3', 'calendar', 10)
          .event('message_sent', { message: 'Hi' })
          .end('completed'),
      ),
    );
    expect(traceMarkdown(well, { comparison: same })).toContain('- The same steps ran, and none took notably longer.');
  });

  it('is not there without a comparison', () => {
    expect(traceMarkdown(failed)).not.toContain('Compared');
  });

  it('is dropped before errors and the timeline, and listed as left out', () => {
    const steps = Array.from({ length: 300 }, (_, index) => ({
      ...comparison.steps[0]!,
      change: 'added' as const,
      name: `step ${index}`,
    }));
    const within = (maxTokens: number): string => {
      const text = traceMarkdown(failed, { maxTokens, comparison: { ...comparison, steps } });
      expect(estimateTokens(text)).toBeLessThanOrEqual(maxTokens);
      expect(text).toContain('## Timeline');
      return text;
    };
    expect(within(8_000)).toMatch(/## Compared[^]*Missing here: .*, and 288 more/);
    expect(within(500)).not.toContain('## Compared');
    expect(within(500)).toMatch(/Left out[^]*(the comparison with `b`|\d+ parts)/);
  });
});

describe('source lines', () => {
  const frame = 'at book (/app/dist/book.js:2:5)';
  const trace: FullTraceResponse = {
    ...failed,
    errors: [{ ...failed.errors[0]!, stack: `Error: no\n    ${frame}\n    at run (/app/dist/run.js:1:1)` }],
    source_lines: [{ frame, file: 'src/book.ts', line: 3, column: 7, code: "throw new Error('```');" }],
  };

  it('are in the head and below their frame; other frames are unchanged', () => {
    const text = traceMarkdown(trace);
    expect(text.split('\n').slice(0, 15).join('\n')).toContain(
      "- Where: `at book (src/book.ts:3:7)`: ````throw new Error('```');````",
    );
    expect(text).toContain(
      "````text\nat book (src/book.ts:3:7)\n    throw new Error('```');\nat run (/app/dist/run.js:1:1)\n````",
    );
  });
});
