import { readTraceParent } from './trace-parent.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const PARENT = `00-${TRACE}-${SPAN}-01`;
const stateOf = (state: unknown) => readTraceParent(PARENT, state)?.state;

it('reads the trace id, the span and the flags that are continued', () => {
  expect(readTraceParent(PARENT)).toEqual({ traceId: TRACE, parent: SPAN, flags: 1, state: undefined });
  expect(readTraceParent(`00-${TRACE}-${SPAN}-02`)?.flags).toBe(2);
  expect(readTraceParent(`cc-${TRACE}-${SPAN}-03-later`)?.flags).toBe(3);
  expect(readTraceParent(`00-${TRACE}-${SPAN}-fc`)?.flags).toBe(0);
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

it('cuts members of more than 128 characters first, then the last ones', () => {
  const [long, short] = [(key: string) => `${key}=${'x'.repeat(200)}`, (key: string) => `${key}=${'x'.repeat(100)}`];
  expect(stateOf([long('a'), short('b'), short('c'), short('d'), short('e')].join())).toBe(
    ['b', 'c', 'd', 'e'].map(short).join(),
  );
  expect(stateOf(['a', 'b', 'c', 'd', 'e', 'f'].map(short).join())).toBe(['a', 'b', 'c', 'd'].map(short).join());
});

it('takes blanks and tabs only as white space', () => {
  expect(readTraceParent(`\t ${PARENT} \t`)).toBeDefined();
  expect(readTraceParent(`${PARENT}\u00a0`)).toBeUndefined();
  expect(stateOf('a=1 \t,\t b=2')).toBe('a=1,b=2');
});

it('reads long runs of blanks and commas', () => {
  for (const text of [' '.repeat(16_000), ','.repeat(16_000), 'a=1,'.repeat(4_000)]) {
    expect(readTraceParent(text + PARENT + text)).toEqual(text.trim() === '' ? expect.anything() : undefined);
    expect(stateOf(`x=1${text}y=2`)).toEqual(text[0] === ',' ? 'x=1,y=2' : undefined);
  }
});
