import { EventEmitter } from 'node:events';
import { Probe } from '../../testing/conformance/functions/conformance-case.js';
import { traced } from './traced-function.js';
import { startSpan } from './start-span.js';
import { traceLogFields, traceTag, traceUsage } from './trace-details.js';
import { traceEvent } from './trace-functions.js';

describe('startSpan', () => {
  it('records work that ends in a callback, and what runs inside it', () => {
    const probe = new Probe();
    const emitter = new EventEmitter();
    probe.inTrace(() => {
      const outer = traced(() => {
        const span = startSpan('transcribe', { type: 'tool', input: 'audio', attributes: { seconds: 12 } });
        emitter.on('final', (text) => span.end(text));
        expect(span.traceId).toBe('trace-1');
        expect(
          span.run(() => {
            traceEvent('inside');
            traced(() => 1, 'part')();
            return 'result';
          }),
        ).toBe('result');
        span.set({ language: 'es' });
        span.usage({ input: 3 });
      }, 'outer');
      outer();
      traceEvent('outside');
    });
    expect(probe.spans[1]).toMatchObject({ outcome: 'open' });
    emitter.emit('final', 'hola');
    emitter.emit('final', 'again');
    const [, span] = probe.recorder.spans;
    expect(probe.recorder.tree()).toEqual([
      'outer:ok',
      'outer:ok > transcribe:ok',
      'outer:ok > transcribe:ok > part:ok',
    ]);
    expect(span).toMatchObject({
      kind: 'tool',
      input: 'audio',
      given: { seconds: 12 },
      added: { language: 'es' },
      usages: [{ input: 3 }],
      outcome: { kind: 'ok', output: 'hola' },
    });
    expect(probe.recorder.events.map((event) => event.span === span!.id)).toEqual([true, false]);
  });

  it('ends with the error that it is given', () => {
    const probe = new Probe();
    const error = new Error('lost');
    probe.inTrace(() => startSpan('listen').fail(error));
    expect(probe.recorder.spans[0]).toMatchObject({ kind: 'step', outcome: { kind: 'error', error } });
  });

  it('does nothing outside a trace and where the trace is full', () => {
    const probe = new Probe();
    probe.recorder.maxSpans = 0;
    const use = () => {
      const span = startSpan('listen', { type: 'tool' });
      span.set({ a: 1 });
      span.usage({});
      span.end(1);
      span.fail(new Error('x'));
      return [span.traceId, span.run(() => 7)];
    };
    expect(use()).toEqual([undefined, 7]);
    expect(probe.inTrace(use)).toEqual([undefined, 7]);
    expect(probe.recorder.spans).toEqual([]);
  });

  it('never throws, whatever it is given, but what run calls does', () => {
    const probe = new Probe();
    probe.recorder.startSpan = () => {
      throw new Error('recorder');
    };
    probe.inTrace(() => {
      for (const junk of [undefined, null, 1, 'x', Symbol('x'), []]) {
        startSpan(junk as never, junk as never).end(junk);
        traceTag(junk as never, junk as never);
        traceUsage(junk as never);
      }
      expect(() =>
        startSpan('x').run(() => {
          throw new RangeError('own');
        }),
      ).toThrow(RangeError);
    });
    expect(probe.recorder.internalErrors).toHaveLength(7);
  });
});

describe('traceLogFields', () => {
  it('has the ids of the trace and of the open span, and nothing outside a trace', () => {
    const probe = new Probe();
    expect(traceLogFields()).toEqual({});
    expect(probe.inTrace(() => traced(() => traceLogFields(), 'step')())).toEqual({
      trace_id: 'trace-1',
      span_id: '0000000000000001',
      w3c_trace_id: 'a'.repeat(32),
    });
  });
});
