import assert from 'node:assert/strict';
import type { ClassCase } from './class-case.js';

const onClass = true;

/** The decorator on a class. */
export const CLASS_LEVEL: readonly ClassCase[] = [
  {
    name: 'records each method the class declares, and neither its constructor nor its accessors',
    onClass,
    run(kit, probe) {
      class Service {
        size = 2;
        get double() {
          return this.size * 2;
        }
        first() {
          return this.double;
        }
        async second() {
          return this.first();
        }
      }
      kit.tracedClass(Service);
      kit.ready(Service);
      probe.inTrace(() => void new Service().second());
      probe.nested(undefined, 0);
      assert.equal(Object.getOwnPropertyDescriptor(Service.prototype, 'double')?.set, undefined);
    },
  },
  {
    name: 'answers the class itself: identity, static members, instanceof, name',
    onClass,
    run(kit) {
      class Service {
        static readonly kind = 'static';
        work() {}
      }
      kit.tracedClass(Service);
      kit.ready(Service);
      const service = new Service();
      assert.ok(service instanceof Service);
      assert.equal(service.constructor, Service);
      assert.deepEqual([Service.name, Service.kind], ['Service', 'static']);
      assert.deepEqual(Object.keys(Service.prototype), []);
    },
  },
  {
    name: 'has one span for a method that is decorated by itself as well',
    onClass,
    run(kit, probe) {
      class Service {
        @kit.traced work() {
          return 1;
        }
      }
      kit.tracedClass(Service);
      kit.ready(Service);
      assert.equal(
        probe.inTrace(() => new Service().work()),
        1,
      );
      probe.ended('ok');
    },
  },
  {
    name: 'has one span each in a decorated subclass of a decorated class',
    onClass,
    run(kit, probe) {
      class Base {
        own() {
          return 'own';
        }
        work(): string {
          return 'base';
        }
      }
      kit.tracedClass(Base);
      kit.ready(Base);
      class Derived extends Base {
        override work(): string {
          return `${super.work()} ${this.own()}`;
        }
      }
      kit.tracedClass(Derived);
      kit.ready(Derived);
      assert.equal(
        probe.inTrace(() => new Derived().work()),
        'base own',
      );
      probe.nested(undefined, 0, 0);
    },
  },
];
