import { Probe } from '../../testing/conformance/functions/conformance-case.js';
import { traced } from '../functions/traced-function.js';
import { Traced } from './traced.decorator.js';

const names = (probe: Probe) => probe.recorder.spans.map(({ name }) => name);

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

  it('has the declaring class for a super call, which has its own span', () => {
    const probe = new Probe();
    expect(probe.inTrace(() => new Carlos().reply())).toBe('carlos, then agent');
    expect(probe.recorder.tree()).toEqual(['Carlos.reply:ok', 'Carlos.reply:ok > Agent.reply:ok']);
  });

  it('has the declaring class for a method that was detached from its object', () => {
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

  it('is the given one; on a class it replaces the class name', () => {
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
      ['bot.two', 'step'],
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
