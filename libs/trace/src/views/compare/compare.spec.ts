import { fullTraceOf } from '../../../../../test/support/full-trace-of.js';
import { guideStory, Story } from '../../../../../test/support/story.js';
import type { CompareResponse } from '../../contract/responses.js';
import { compareTraces } from './compare.js';
import { valueDifferences } from './value-difference.js';

const steps = ({ steps: all }: CompareResponse): string[] =>
  all.map(({ change, kind, name, a, b }) => `${change} ${kind} ${name ?? '-'} ${a?.seq ?? '-'}/${b?.seq ?? '-'}`);
const begun = (id: string): Story => new Story(id, id).open().identify();
const call = (story: Story, span: string, name: string, input: unknown, ms = 10, output: unknown = 'ok'): Story =>
  story.span(span, 'tool', name, { input }).spanEnd(span, ms, { output });

describe('two traces', () => {
  it('are identical when only the times differ', () => {
    const later = new Story('1-2', 'other', Date.UTC(2025, 1, 1) * 1000);
    for (const record of guideStory().records) later.records.push({ ...record, ts: record.ts + 86_400_000_000 });
    const answer = compareTraces(fullTraceOf(guideStory()), fullTraceOf(later));
    expect(answer).toMatchObject({ identical: true, differences: [] });
    expect(answer.counts).toMatchObject({ added: 0, removed: 0, changed: 0, slower: 0, faster: 0 });
  });

  it('are aligned by kind and name, in any order', () => {
    const a = call(call(begun('a'), 's1', 'crm', 1), 's2', 'calendar', 1);
    const b = call(call(call(begun('b'), 's1', 'calendar', 1), 's2', 'mail', 1), 's3', 'crm', 1);
    expect(steps(compareTraces(fullTraceOf(a), fullTraceOf(b)))).toEqual([
      'same webhook_received - 2/2',
      'added tool mail -/5',
      'same tool crm 3/7',
      'same tool calendar 5/3',
    ]);
  });

  it('pair calls of one tool by their input first, then in order', () => {
    const a = call(call(call(begun('a'), 's1', 'search', 'x'), 's2', 'search', 'y'), 's3', 'search', 'z');
    const b = call(call(begun('b'), 's1', 'search', 'y'), 's2', 'search', 'w');
    expect(steps(compareTraces(fullTraceOf(a), fullTraceOf(b)))).toEqual([
      'same webhook_received - 2/2',
      'changed tool search 3/5',
      'same tool search 5/3',
      'removed tool search 7/-',
    ]);
  });

  it('list differences of inputs and outputs, and slower steps', () => {
    const a = call(begun('a'), 's', 'calendar', { day: 'friday', n: 1 }, 120, ['10:00', '12:00']);
    const b = call(begun('b'), 's', 'calendar', { day: 'sunday', n: 1 }, 4_100, ['12:00']);
    const answer = compareTraces(fullTraceOf(a), fullTraceOf(b));
    expect(answer.steps[1]).toMatchObject({
      change: 'changed',
      pace: 'slower',
      differences: [
        { path: 'input.day', a: 'friday', b: 'sunday' },
        { path: 'output[0]', a: '10:00' },
      ],
    });
    expect(answer.counts).toMatchObject({ changed: 1, slower: 1 });
  });

  it.each([
    [100, 149, 'same'],
    [100, 160, 'slower'],
    [1_000, 1_400, 'same'],
    [1_600, 1_000, 'faster'],
    [1, 40, 'same'],
  ])('of %i ms and %i ms the second is %s', (first, second, change) => {
    const answer = compareTraces(
      fullTraceOf(call(begun('a'), 's', 't', 1, first)),
      fullTraceOf(call(begun('b'), 's', 't', 1, second)),
    );
    expect(answer.steps[1]?.change).toBe(change);
  });
});

describe('values', () => {
  it.each<[unknown, unknown, unknown[]]>([
    [{ a: 1 }, { a: 1 }, []],
    [
      { a: 1, b: 2 },
      { a: 2, c: 3 },
      [
        { path: 'a', a: 1, b: 2 },
        { path: 'b', a: 2 },
        { path: 'c', b: 3 },
      ],
    ],
    [[1, 2, 3], [0, 1, 2, 3], [{ path: '[0]', b: 0 }]],
    [{ 'x.y': [{ z: 1 }] }, { 'x.y': [{ z: 2 }] }, [{ path: '["x.y"][0].z', a: 1, b: 2 }]],
    [null, {}, [{ path: '', a: null, b: {} }]],
    [JSON.parse('{"__proto__":1}'), {}, [{ path: '__proto__', a: 1 }]],
  ])('%j and %j', (a, b, differences) => expect(valueDifferences(a, b).differences).toEqual(differences));

  it('are listed up to a number, and truncated', () => {
    const many = valueDifferences(Array(500).fill(1), Array(500).fill(2));
    expect([many.differences.length, many.more]).toEqual([50, 450]);
    const [long] = valueDifferences('x'.repeat(1e6), 'y').differences;
    expect(JSON.stringify(long?.a).length).toBeLessThan(2_200);
  });

  it('may nest without end', () => {
    const deep = (end: number): unknown =>
      Array(20_000)
        .fill(0)
        .reduce((inner: unknown) => ({ inner }), end);
    expect(valueDifferences(deep(1), deep(1)).differences).toEqual([]);
  });
});
