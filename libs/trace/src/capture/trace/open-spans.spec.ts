import { OpenSpans } from './open-spans.js';

function opened(count: number): OpenSpans {
  const spans = new OpenSpans();
  for (let n = 0; n < count; n += 1) spans.open(`s${n}`, n === 0 ? undefined : `s${n - 1}`, 'step', `step ${n}`);
  return spans;
}

const namesOf = (spans: OpenSpans): string[] => [...spans].map(({ name }) => name);

it.each([0, 1, 16, 17, 40])('finds, lists and closes %i spans, in the order in which they were opened', (count) => {
  const spans = opened(count);
  expect(namesOf(spans)).toEqual(Array.from({ length: count }, (_, n) => `step ${n}`));
  for (let n = 0; n < count; n += 2) spans.close(`s${n}`);
  expect(spans.get('s0')).toBeUndefined();
  expect(spans.get('s1')?.name).toBe(count > 1 ? 'step 1' : undefined);
  expect(namesOf(spans)).toHaveLength(Math.floor(count / 2));
  for (let n = 1; n < count; n += 2) spans.close(`s${n}`);
  expect(namesOf(spans)).toEqual([]);
  spans.open('again', undefined, 'step', 'again');
  expect(namesOf(spans)).toEqual(['again']);
});

it('a span that is not open is none', () => {
  const spans = opened(2);
  spans.close('unknown');
  expect(spans.get('unknown')).toBeUndefined();
  expect(spans.get(undefined)).toBeUndefined();
  expect(namesOf(spans)).toEqual(['step 0', 'step 1']);
});

it('the spans inside a model call have it around them', () => {
  const spans = new OpenSpans();
  const model = spans.open('m', undefined, 'llm', 'ask');
  spans.open('t', 'm', 'tool', 'look up');
  expect(spans.llmAround('t')).toBe(model);
  expect(spans.llmAround('m')).toBe(model);
});
