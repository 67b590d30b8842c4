import type { TraceRecorder } from '../../context/recorder.js';
import { SpanReceiver } from './span-receiver.js';

describe('a receiver of spans', () => {
  it.each([
    ['takes requests while fewer traces run', 'trace', 9_999, undefined],
    ['takes none where as many run as memory allows', 'trace', 10_000, expect.stringContaining('10000')],
    ['takes all where spans open no traces', 'drop', 50_000, undefined],
    ['takes all where an older copy of the package does not count', 'trace', undefined, undefined],
  ] as const)('%s', (_, orphans, running, expected) => {
    let count: number | undefined = running;
    const recorder = { ...(running !== undefined && { activeTraces: () => count! }) } as unknown as TraceRecorder;
    const receiver = new SpanReceiver(() => recorder, orphans);
    expect(receiver.busy()).toEqual(expected);
    count = 0;
    expect(receiver.busy()).toBeUndefined();
  });
});
