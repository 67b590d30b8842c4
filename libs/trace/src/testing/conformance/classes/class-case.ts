import type { SpanProbe } from '../functions/span-probe.js';
import type { DecoratorAdapter } from './decorator-adapter.js';

/** Position of the decorator among others on a method: nearer to the method is `below`; `between`: right below the first. */
export type Place = 'above' | 'between' | 'below';

/** On one side of the others or the other. */
export const SIDES: readonly Place[] = ['above', 'below'];

/** For two or more others: a wrapper between a route and its guard is how a guarded route becomes an open one. */
export const PLACES: readonly Place[] = ['above', 'between', 'below'];

/** A case that needs a class of its own. */
export interface ClassCase {
  readonly name: string;
  /** What must be installed beside Nest. */
  readonly needs?: readonly string[];
  /** It is about the decorator on a class. */
  readonly onClass?: true;
  run(kit: ClassKit, probe: SpanProbe): Promise<void> | void;
}

type AnyClass = abstract new (...args: never[]) => unknown;

/** Puts the decorator under test on classes. */
export class ClassKit {
  constructor(private readonly adapter: DecoratorAdapter) {}

  /** The decorator on a method. */
  readonly traced: MethodDecorator = (target, key, descriptor) => this.adapter.decorate()(target, key, descriptor);

  /** The decorator on a class. */
  readonly tracedClass: ClassDecorator = (target) => this.adapter.decorateClass!()(target);

  /** The decorator and others on one method, in the given order. */
  among(place: Place, ...others: MethodDecorator[]): MethodDecorator {
    const before = { above: 0, between: 1, below: others.length }[place];
    return stacked(others.toSpliced(before, 0, this.traced));
  }

  /** Called with each class after its declaration. */
  ready<C extends AnyClass>(target: C): C {
    this.adapter.prepare?.(target);
    return target;
  }
}

/** Decorators one above the other, as TypeScript applies them: from below, each to what the one before made of it. */
export function stacked(decorators: readonly MethodDecorator[]): MethodDecorator {
  return <T>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<T>) => {
    let current = descriptor;
    for (const decorate of decorators.toReversed())
      current = (decorate(target, key, current) ?? current) as typeof current;
    return current;
  };
}
