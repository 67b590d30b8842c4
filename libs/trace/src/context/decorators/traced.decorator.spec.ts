import { applyDecorators, SetMetadata } from '@nestjs/common';
import { Probe } from '../../testing/conformance/functions/conformance-case.js';
import { NoTrace } from './no-trace.decorator.js';
import { currentTrace } from '../functions/trace-functions.js';
import { traced } from '../functions/traced-function.js';
import { Traced } from './traced.decorator.js';

const names = (probe: Probe) => probe.recorder.spans.map(({ name }) => name);

const Mark = (key: string) => SetMetadata(key, key);

function Old(this: { made: boolean }): void {
  this.made = true;
}

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

  it('is traced inside applyDecorators, which ignores the return value of a decorator', () => {
    const probe = new Probe();
    probe.inTrace(() => new Decorated().composed());
    expect(names(probe)).toEqual(['composed']);
    const { composed } = Decorated.prototype;
    expect([Reflect.getMetadata('first', composed), Reflect.getMetadata('last', composed)]).toEqual(['first', 'last']);
  });

  it('leaves an accessor unchanged', () => {
    const probe = new Probe();
    expect(probe.inTrace(() => new Decorated().accessor)).toBe('0'.repeat(16));
    expect(probe.recorder.spans).toEqual([]);
  });

  it('keeps the constructor of an async function or a generator function', () => {
    for (const fn of [async () => 1, function* () {}, async function* () {}, () => 1]) {
      expect(Object.getPrototypeOf(traced(fn))).toBe(Object.getPrototypeOf(fn));
    }
  });

  it('can be constructed if the original could be', () => {
    const Wrapped = traced(Old as never) as unknown as new () => { made: boolean };
    class Sub extends Wrapped {}
    expect(new Wrapped()).toBeInstanceOf(Old);
    expect(new Sub()).toMatchObject({ made: true });
    expect(new Sub()).toBeInstanceOf(Sub);
    const arrow = traced(() => 1) as unknown as new () => unknown;
    expect(() => new arrow()).toThrow(TypeError);
  });

  it('has one span when it is decorated twice: the inner decorator counts', () => {
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

  it('returns the same class, its metadata and its method flags unchanged', () => {
    class Plain {
      work() {}
    }
    const before = { ...Object.getOwnPropertyDescriptor(Plain.prototype, 'work'), value: undefined };
    expect(Traced()(Plain)).toBeUndefined();
    expect({ ...Object.getOwnPropertyDescriptor(Plain.prototype, 'work'), value: undefined }).toEqual(before);
    expect(Reflect.getMetadata('class', Whole)).toBe('kept');
  });
});
