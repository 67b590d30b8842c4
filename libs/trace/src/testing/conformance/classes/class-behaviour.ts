import assert from 'node:assert/strict';
import type { ClassCase } from './class-case.js';

const SYMBOL = Symbol('work');

/** Classes: who is `this`, who inherits, and how many spans there are. */
export const CLASS_BEHAVIOUR: readonly ClassCase[] = [
  {
    name: 'works with no Nest module anywhere',
    run(kit, probe) {
      class Service {
        base = 1;
        @kit.traced work(n: number) {
          return this.base + n;
        }
      }
      kit.ready(Service);
      assert.equal(new Service().work(1), 2);
      probe.inTrace(() => new Service().work(1));
      assert.ok(probe.spans.length > 0);
    },
  },
  {
    name: 'has one span for an inherited method, with the subclass’s instance for this',
    run(kit, probe) {
      class Base {
        @kit.traced work(): unknown {
          return this;
        }
      }
      class Derived extends kit.ready(Base) {}
      const derived = new Derived();
      assert.equal(
        probe.inTrace(() => derived.work()),
        derived,
      );
      probe.ended('ok');
    },
  },
  {
    name: 'has one span each for a method and the one it overrides and calls by super',
    run(kit, probe) {
      class Base {
        @kit.traced work(n: number): number {
          return n + 1;
        }
      }
      class Derived extends kit.ready(Base) {
        @kit.traced override work(n: number): number {
          return super.work(n) * 2;
        }
      }
      kit.ready(Derived);
      assert.equal(
        probe.inTrace(() => new Derived().work(1)),
        4,
      );
      probe.ended('ok', 'ok');
      probe.nested(undefined, 0);
    },
  },
  {
    name: 'has no span for an overriding method that is not decorated',
    run(kit, probe) {
      class Base {
        @kit.traced work(): string {
          return 'base';
        }
      }
      class Derived extends kit.ready(Base) {
        override work(): string {
          return 'derived';
        }
      }
      assert.equal(
        probe.inTrace(() => new Derived().work()),
        'derived',
      );
      probe.ended();
    },
  },
  {
    name: 'takes a static method, with the class for this',
    run(kit, probe) {
      class Service {
        @kit.traced static work(): unknown {
          return this;
        }
      }
      kit.ready(Service);
      class Derived extends Service {}
      assert.deepEqual(
        probe.inTrace(() => [Service.work(), Derived.work()]),
        [Service, Derived],
      );
      probe.ended('ok', 'ok');
    },
  },
  {
    name: 'lets a method at its #private members, in subclasses too',
    run(kit, probe) {
      class Service {
        #count = 0;
        #step(): number {
          return 1;
        }
        @kit.traced work(): number {
          this.#count += this.#step();
          return this.#count;
        }
      }
      class Derived extends kit.ready(Service) {}
      const derived = new Derived();
      assert.deepEqual(
        probe.inTrace(() => [derived.work(), derived.work()]),
        [1, 2],
      );
      probe.ended('ok', 'ok');
    },
  },
  {
    name: 'takes a method that is named by a symbol',
    run(kit, probe) {
      class Service {
        @kit.traced [SYMBOL](): number {
          return 1;
        }
      }
      kit.ready(Service);
      assert.equal(
        probe.inTrace(() => new Service()[SYMBOL]()),
        1,
      );
      assert.match(probe.span('ok').name, /work/);
    },
  },
  {
    name: 'names the span after the method',
    run(kit, probe) {
      class Service {
        @kit.traced findContact(): void {}
      }
      kit.ready(Service);
      probe.inTrace(() => new Service().findContact());
      assert.match(probe.span('ok').name, /findContact/);
    },
  },
  {
    name: 'tells two methods of one class, and two instances, apart',
    async run(kit, probe) {
      class Service {
        constructor(private readonly id: number) {}
        @kit.traced async outer(): Promise<string> {
          return `${this.id}:${await this.inner()}`;
        }
        @kit.traced async inner(): Promise<number> {
          return this.id;
        }
      }
      kit.ready(Service);
      const both = probe.inTrace(() => Promise.all([new Service(1).outer(), new Service(2).outer()]));
      assert.deepEqual(await both, ['1:1', '2:2']);
      const { spans } = probe;
      assert.equal(spans.length, 4);
      const children = spans.filter(({ name }) => name.includes('inner'));
      assert.equal(new Set(children.map(({ parent }) => parent)).size, 2);
    },
  },
];
