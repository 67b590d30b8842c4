import { readTraceParent } from './trace-parent.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const PARENT = `00-${TRACE}-${SPAN}-01`;
const stateOf = (state: unknown) => readTraceParent(PARENT, state)?.state;

it('reads the trace id, the span and whether it is sampled', () => {
  expect(readTraceParent(PARENT)).toEqual({ traceId: TRACE, parent: SPAN, sampled: true, state: undefined });
  expect(readTraceParent(`00-${TRACE}-${SPAN}-02`)?.sampled).toBe(false);
  expect(readTraceParent(`cc-${TRACE}-${SPAN}-03-later`)?.sampled).toBe(true);
});

it.each([
  undefined,
  [PARENT],
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01-more`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  PARENT.toUpperCase(),
])('refuses %p', (header) => {
  expect(readTraceParent(header)).toBeUndefined();
});

it('keeps a valid tracestate as received, without blanks between its members', () => {
  expect(stateOf('rojo=00f067aa0ba902b7, congo=t61rcWkgMzE')).toBe('rojo=00f067aa0ba902b7,congo=t61rcWkgMzE');
  expect(stateOf('a@b=1,,c= x')).toBe('a@b=1,c= x');
});

it.each(['', 'novalue', 'A=1', 'a=1,a=2', 'a=x=y', 'a=\u00f1', 'a=x\ty', `a=${'x'.repeat(257)}`, 7])(
  'drops the tracestate %p',
  (state) => {
    expect(stateOf(state)).toBeUndefined();
  },
);

it('keeps the leftmost members that fit into 512 characters', () => {
  const members = ['a', 'b', 'c'].map((key) => `${key}=${'x'.repeat(250)}`);
  expect(stateOf(members.join(','))).toBe(members.slice(0, 2).join(','));
});
