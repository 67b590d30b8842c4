import { applyDecorators, SetMetadata } from '@nestjs/common';
import { Probe } from './conformance/conformance-case.js';
import { outputOf } from './memory-recorder.js';
import { NoTrace } from './no-trace.decorator.js';
import { NOTHING } from './recorder.js';
import { currentTrace } from './trace-functions.js';
import { traced } from './traced-function.js';
import { Traced } from './traced.decorator.js';

const names = (probe: Probe) => probe.recorder.spans.map(({ name }) => name);

const Mark = (key: string) => SetMetadata(key, key);

function Old(this: { made: boolean }): void {
  this.made = true;
}

describe('the name of a span', () => {
  class Agent {
    @Traced() reply() {
      return 'agent';
    }
    @Traced() static build() {
      return new this();
    }
    @Traced() [Symbol.for('secret')]() {}
  }
  class Sofia extends Agent {}
  class Carlos extends Agent {
    @Traced() override reply() {
      return `carlos, then ${super.reply()}`;
    }
  }

  it('is the class and the method, static ones and symbols too', () => {
    const probe = new Probe();
    probe.inTrace(() => {
      Agent.build().reply();
      new Agent()[Symbol.for('secret') as unknown as 'reply']();
    });
    expect(names(probe)).toEqual(['Agent.build', 'Agent.reply', 'Agent[secret]']);
  });

  it('has the class of the object for an inherited method, in any order of calls', () => {
    const probe = new Probe();
    probe.inTrace(() => {
      for (const Class of [Sofia, Agent, Sofia]) Class.build().reply();
    });
    expect(names(probe)).toEqual([
      'Sofia.build',
      'Sofia.reply',
      'Agent.build',
      'Agent.reply',
      'Sofia.build',
      'Sofia.reply',
    ]);
  });

  it('has the declaring class for a super call, which is a span of its own', () => {
    const probe = new Probe();
    expect(probe.inTrace(() => new Carlos().reply())).toBe('carlos, then agent');
    expect(probe.recorder.tree()).toEqual(['Carlos.reply:ok', 'Carlos.reply:ok > Agent.reply:ok']);
  });

  it('has the declaring class for a method that was taken off its object', () => {
    const probe = new Probe();
    const { reply } = Agent.prototype;
    for (const self of [undefined, null, 5, 'text', {}, Object.create(null), new Proxy({}, {})]) {
      probe.inTrace(() => reply.call(self as never));
    }
    expect(new Set(names(probe))).toEqual(new Set(['Agent.reply']));
  });

  it('survives a class with a static member called name', () => {
    class Odd {
      static name = () => 'odd';
      @Traced() work() {}
    }
    const probe = new Probe();
    expect(() => probe.inTrace(() => new Odd().work())).not.toThrow();
    expect(names(probe)).toEqual(['anonymous.work']);
  });

  it('is the given one, or for a class takes the place of the class', () => {
    @Traced('bot')
    class Both {
      @Traced({ name: 'own', kind: 'tool' }) one() {}
      two() {}
    }
    const probe = new Probe();
    probe.inTrace(() => {
      new Both().one();
      new Both().two();
    });
    expect(probe.recorder.spans.map(({ name, kind }) => [name, kind])).toEqual([
      ['own', 'tool'],
      ['bot.two', 'node'],
    ]);
  });

  it('is the function for traced(), or anonymous', () => {
    const probe = new Probe();
    probe.inTrace(() => {
      traced(function lookup() {})();
      traced(() => undefined)();
      traced(() => undefined, { name: 'given', kind: 'llm' })();
    });
    expect(names(probe)).toEqual(['lookup', 'anonymous', 'given']);
  });
});

describe('input and output', () => {
  it('are the argument, the array of arguments, or nothing; and the result', () => {
    const probe = new Probe();
    const work = traced((...args: unknown[]) => args.length);
    probe.inTrace(() => [work(), work('a'), work(undefined), work('a', 'b')]);
    expect(probe.recorder.spans.map(({ input }) => input)).toEqual([NOTHING, 'a', undefined, ['a', 'b']]);
    expect(probe.recorder.spans.map(outputOf)).toEqual([0, 1, 1, 2]);
  });

  it('are not recorded when they are not wanted', () => {
    const probe = new Probe();
    const work = traced((secret: string) => secret, { input: false, output: false });
    probe.inTrace(() => work('secret'));
    expect([probe.recorder.spans[0]?.input, outputOf(probe.recorder.spans[0])]).toEqual([NOTHING, NOTHING]);
  });

  it('are what a function makes of them, of a promise its value', async () => {
    const probe = new Probe();
    const work = traced(async (a: number, b: number) => a + b, {
      input: (a, b) => ({ a, b }),
      output: (sum) => `sum ${sum}`,
    });
    await probe.inTrace(() => work(1, 2));
    expect([probe.recorder.spans[0]?.input, outputOf(probe.recorder.spans[0])]).toEqual([{ a: 1, b: 2 }, 'sum 3']);
  });

  it('take functions without annotations on a decorator', () => {
    class Scorer {
      @Traced({ input: (lead) => lead.id, output: (score) => score.value }) score(lead: { id: string }) {
        return { value: lead.id.length };
      }
    }
    const probe = new Probe();
    probe.inTrace(() => new Scorer().score({ id: 'c1' }));
    expect([probe.recorder.spans[0]?.input, outputOf(probe.recorder.spans[0])]).toEqual(['c1', 2]);
  });

  it('are nothing when that function fails, now or later, and the application does not notice', async () => {
    const probe = new Probe();
    const error = new Error('mapper');
    const work = traced((a: number) => a, {
      input: () => {
        throw error;
      },
      output: () => Promise.reject(error),
    });
    expect(probe.inTrace(() => work(1))).toBe(1);
    await Promise.resolve();
    expect([probe.recorder.spans[0]?.input, outputOf(probe.recorder.spans[0])]).toEqual([NOTHING, NOTHING]);
    expect(probe.recorder.selfErrors).toEqual([
      { where: 'input of anonymous', error },
      { where: 'output of anonymous', error },
    ]);
  });

  it('ignores options that mean nothing', () => {
    const probe = new Probe();
    for (const junk of [null, 5, [], 'name', { kind: 'bogus', name: 7, input: 'yes' }]) {
      probe.inTrace(() => traced(() => 1, junk as never)());
    }
    expect(probe.recorder.spans.map(({ kind }) => kind)).toEqual(Array(5).fill('node'));
    expect(traced(undefined as never)).toBeUndefined();
  });
});

describe('a method under @Traced()', () => {
  class Decorated {
    readonly #secret = 'private';

    @Mark('above')
    @Traced()
    @Mark('below')
    work(a: unknown, b: unknown) {
      return [this.#secret, a, b];
    }

    @applyDecorators(Mark('first'), Traced('composed'), Mark('last')) composed() {}

    @Traced() get accessor() {
      return currentTrace()?.spanId;
    }
  }

  it('keeps metadata from above and below, name, length, flags and #private', () => {
    const descriptor = Object.getOwnPropertyDescriptor(Decorated.prototype, 'work')!;
    const { value, ...flags } = descriptor as { value: Decorated['work'] };
    expect(Reflect.getMetadata('above', value)).toBe('above');
    expect(Reflect.getMetadata('below', value)).toBe('below');
    expect([value.name, value.length]).toEqual(['work', 2]);
    expect(flags).toEqual({ writable: true, enumerable: false, configurable: true });
    expect(Object.hasOwn(value, 'prototype')).toBe(false);
    expect(new Probe().inTrace(() => new Decorated().work(1, 2))).toEqual(['private', 1, 2]);
  });

  it('is traced inside applyDecorators, which ignores what a decorator answers', () => {
    const probe = new Probe();
    probe.inTrace(() => new Decorated().composed());
    expect(names(probe)).toEqual(['composed']);
    const { composed } = Decorated.prototype;
    expect([Reflect.getMetadata('first', composed), Reflect.getMetadata('last', composed)]).toEqual(['first', 'last']);
  });

  it('leaves an accessor alone', () => {
    const probe = new Probe();
    expect(probe.inTrace(() => new Decorated().accessor)).toBe('0'.repeat(16));
    expect(probe.recorder.spans).toEqual([]);
  });

  it('is still an async function or a generator function to whoever asks its constructor', () => {
    for (const fn of [async () => 1, function* () {}, async function* () {}, () => 1]) {
      expect(Object.getPrototypeOf(traced(fn))).toBe(Object.getPrototypeOf(fn));
    }
  });

  it('can be constructed when it could before', () => {
    const Wrapped = traced(Old as never) as unknown as new () => { made: boolean };
    class Sub extends Wrapped {}
    expect(new Wrapped()).toBeInstanceOf(Old);
    expect(new Sub()).toMatchObject({ made: true });
    expect(new Sub()).toBeInstanceOf(Sub);
    const arrow = traced(() => 1) as unknown as new () => unknown;
    expect(() => new arrow()).toThrow(TypeError);
  });

  it('has one span when it is decorated twice: the nearer counts', () => {
    class Twice {
      @Traced('outer') @Traced('inner') work() {}
    }
    const probe = new Probe();
    probe.inTrace(() => new Twice().work());
    expect(names(probe)).toEqual(['inner']);
  });
});

describe('@Traced() on a class', () => {
  class Base {
    inherited() {}
  }

  @Traced({ kind: 'agent' })
  @SetMetadata('class', 'kept')
  class Whole extends Base {
    constructor(readonly made = currentTrace()?.spanId) {
      super();
    }
    plain() {
      return this.helper();
    }
    helper() {
      return 1;
    }
    @Traced({ kind: 'tool' }) own() {}
    @NoTrace() secret() {
      return this.helper();
    }
    onModuleInit() {}
    static make() {}
    get value() {
      return 1;
    }
    arrow = () => 1;
  }

  it('traces the methods it declares, once each, and nothing else', () => {
    const probe = new Probe();
    probe.inTrace(() => {
      const whole = new Whole();
      whole.plain();
      whole.own();
      whole.secret();
      whole.onModuleInit();
      Whole.make();
      whole.arrow();
      whole.inherited();
      expect(whole.value).toBe(1);
    });
    expect(probe.recorder.spans.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      'agent Whole.plain',
      'agent Whole.helper',
      'tool Whole.own',
    ]);
    expect(probe.recorder.tree()[1]).toBe('Whole.plain:ok > Whole.helper:ok');
  });

  it('answers the same class, its metadata and its method flags unchanged', () => {
    class Plain {
      work() {}
    }
    const before = { ...Object.getOwnPropertyDescriptor(Plain.prototype, 'work'), value: undefined };
    expect(Traced()(Plain)).toBeUndefined();
    expect({ ...Object.getOwnPropertyDescriptor(Plain.prototype, 'work'), value: undefined }).toEqual(before);
    expect(Reflect.getMetadata('class', Whole)).toBe('kept');
  });
});

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

  it('silences all of a class, whatever is traced in it, also later and while it is read', async () => {
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

  it('wins over @Traced() on the same method or class, in either order', () => {
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
