import { Probe } from '../../testing/conformance/functions/conformance-case.js';
import { NoTrace } from './no-trace.decorator.js';
import { currentTrace } from '../functions/trace-functions.js';
import { Traced } from './traced.decorator.js';

describe('@NoTrace()', () => {
  @NoTrace()
  class Silent {
    @Traced() spanned() {
      return currentTrace();
    }
    async later() {
      await Promise.resolve();
      return this.spanned();
    }
    *items() {
      yield this.spanned();
    }
  }

  it('excludes all of a class, whatever is traced in it, also later and while it is read', async () => {
    const probe = new Probe();
    await probe.inTrace(async () => {
      const silent = new Silent();
      expect(silent.spanned()).toBeUndefined();
      expect(await silent.later()).toBeUndefined();
      expect([...silent.items()]).toEqual([undefined]);
      expect(currentTrace()?.traceId).toBe('trace-1');
    });
    expect(probe.recorder.spans).toEqual([]);
  });

  it('overrides @Traced() on the same method or class, in either order', () => {
    class Orders {
      @NoTrace() @Traced() one() {}
      @Traced() @NoTrace() two() {}
    }
    @Traced()
    @NoTrace()
    class Three {
      three() {}
    }
    @NoTrace()
    @Traced()
    class Four {
      four() {}
    }
    const probe = new Probe();
    probe.inTrace(() => {
      new Orders().one();
      new Orders().two();
      new Three().three();
      new Four().four();
    });
    expect(probe.recorder.spans).toEqual([]);
  });
});
