import { ActiveTrace } from './active-trace.js';
import { TraceRegistry } from './trace-registry.js';

const W3C = 'a'.repeat(32);

const running = (n: number, w3c = W3C): ActiveTrace =>
  new ActiveTrace(`1-${n}`, `trace-${n}`, w3c, String(n).padStart(16, '0'), n, n);

function registryOf(...traces: ActiveTrace[]): TraceRegistry {
  const registry = new TraceRegistry();
  for (const trace of traces) registry.add(trace);
  return registry;
}

describe('a trace is found by its W3C trace id', () => {
  it('if it began before the first look-up, or after it', () => {
    const [first, second] = [running(1, 'b'.repeat(32)), running(2, 'c'.repeat(32))];
    const registry = registryOf(first);
    expect(registry.byW3cId('b'.repeat(32))).toBe(first);
    registry.add(second);
    expect(registry.byW3cId('c'.repeat(32))).toBe(second);
    expect(registry.byW3cId('d'.repeat(32))).toBeUndefined();
  });

  it.each([false, true])('of several, the one of the parent span, else the newest (looked up before: %s)', (before) => {
    const traces = [running(1), running(2), running(3)];
    const registry = new TraceRegistry();
    if (before) expect(registry.byW3cId(W3C)).toBeUndefined();
    for (const trace of traces) registry.add(trace);
    traces[1]!.spans.open('f'.repeat(16), undefined, 'step', 'inner');

    expect(registry.byW3cId(W3C, traces[0]!.rootSpan)).toBe(traces[0]);
    expect(registry.byW3cId(W3C, 'f'.repeat(16))).toBe(traces[1]);
    expect(registry.byW3cId(W3C, '0'.repeat(16))).toBe(traces[2]);
    expect(registry.byW3cId(W3C)).toBe(traces[2]);
  });

  it('until a thousand others have ended after it', () => {
    const [one, two] = [running(1), running(2)];
    const registry = registryOf(one, two);
    expect(registry.byW3cId(W3C, one.rootSpan)).toBe(one);
    registry.end(one);
    for (let n = 3; n < 1_002; n += 1) {
      const trace = running(n, String(n).padStart(32, '0'));
      registry.add(trace);
      registry.end(trace);
    }
    expect(registry.byW3cId(W3C, one.rootSpan)).toBe(one);
    registry.end(two);
    expect(registry.byW3cId(W3C, one.rootSpan)).toBe(two);
  });

  it('and of more than fifty only the newest are kept', () => {
    const traces = Array.from({ length: 60 }, (_, n) => running(n + 1));
    const registry = registryOf(...traces);
    expect(registry.byW3cId(W3C, traces[9]!.rootSpan)).toBe(traces[59]);
    expect(registry.byW3cId(W3C, traces[10]!.rootSpan)).toBe(traces[10]);
  });
});
