import assert from 'node:assert/strict';
import { PLACES, SIDES, stacked } from './class-case.js';
import type { ClassCase } from './class-case.js';

const EXTRA = Symbol('extra');

/** As a library's decorator notes something on the method itself; the value is not a copy. */
function noted(key: unknown, value: unknown): MethodDecorator {
  return (_target, _key, descriptor) => Reflect.defineMetadata(key, value, descriptor.value as object);
}

const doubled: MethodDecorator = (_target, _key, descriptor) => {
  const method = descriptor.value as (this: unknown, n: number) => number;
  const twice = function twice(this: unknown, n: number): number {
    return method.call(this, n) * 2;
  };
  return { ...descriptor, value: twice as never };
};

class Lead {
  id = 1;
}

/** What a class with a traced method looks like to others. */
export const CLASS_SHAPE: readonly ClassCase[] = [
  {
    name: 'leaves the descriptor’s flags, and the method’s name, length and place in the class',
    run(kit) {
      class Plain {
        before() {}
        work(_a: unknown, _b: unknown) {}
        after() {}
      }
      class Service {
        before() {}
        @kit.traced work(_a: unknown, _b: unknown) {}
        after() {}
      }
      kit.ready(Service);
      const { value, ...flags } = Object.getOwnPropertyDescriptor(Service.prototype, 'work')!;
      const { value: plain, ...plainFlags } = Object.getOwnPropertyDescriptor(Plain.prototype, 'work')!;
      assert.deepEqual(flags, plainFlags);
      assert.deepEqual([value.name, value.length], [plain.name, plain.length]);
      assert.deepEqual(Reflect.ownKeys(Service.prototype), Reflect.ownKeys(Plain.prototype));
      assert.equal(Reflect.ownKeys(value).includes('prototype'), false);
    },
  },
  ...PLACES.map((place): ClassCase => ({
    name: `keeps all metadata, ${place} the decorators that note it`,
    run(kit) {
      const value = { roles: ['admin'] };
      class Service {
        @kit.among(place, noted('roles', value), noted(EXTRA, 7), noted('nothing', undefined))
        work(_lead: Lead): string {
          return 'done';
        }
      }
      kit.ready(Service);
      const { work } = Service.prototype;
      assert.equal(Reflect.getMetadata('roles', work), value);
      assert.equal(Reflect.getMetadata(EXTRA, work), 7);
      assert.equal(Reflect.hasMetadata('nothing', work), true);
      assert.deepEqual(Reflect.getMetadata('design:paramtypes', Service.prototype, 'work'), [Lead]);
      assert.equal(Reflect.getMetadata('design:returntype', Service.prototype, 'work'), String);
    },
  })),
  ...SIDES.map((place): ClassCase => ({
    name: `keeps another wrapper’s work, ${place} it`,
    run(kit, probe) {
      class Service {
        @kit.among(place, doubled) work(n: number) {
          return n + 1;
        }
      }
      kit.ready(Service);
      assert.equal(
        probe.inTrace(() => new Service().work(1)),
        4,
      );
      probe.span('ok');
    },
  })),
  {
    name: 'can be told about by a property decorator that reads the method of the prototype',
    run(kit) {
      const seen: unknown[] = [];
      const reads: MethodDecorator = (target, key) => void seen.push((target as Record<string | symbol, unknown>)[key]);
      class Service {
        @stacked([kit.traced, reads]) work() {}
      }
      kit.ready(Service);
      assert.equal(typeof seen[0], 'function');
      assert.equal(typeof Service.prototype.work, 'function');
    },
  },
];
