import { decorateClass, decorateMethod } from './decorate.js';
import type { Rewrite } from './decorate.js';
import { methodNamer } from './span-name.js';
import { isNoTrace, isTraced, TRACED_METADATA } from './trace-metadata.js';
import { spanned } from '../functions/traced-function.js';
import { tracedSettings } from '../functions/traced-options.js';
import type { TracedOptions, TracedSettings } from '../functions/traced-options.js';

/** A decorator for a class or a method. */
export interface ClassOrMethodDecorator {
  (target: object): void;
  (target: object, key: string | symbol, descriptor?: PropertyDescriptor): void;
}

/**
 * Records a span for each call: input, output, error, duration. Its place among other decorators does not matter.
 *
 * On a class: all methods it declares itself, but not static ones, accessors, Nest's lifecycle hooks, methods that are
 * `@Traced()` by themselves (theirs wins) and those with `@NoTrace()`. A method never has two spans: of two `@Traced()`
 * on one, the nearer counts.
 *
 * The span is named `Class.method` after the object's own class, or after the class that declares the method when it was
 * reached by `super`. On a class, `name` takes the class's place: `@Traced('sofia')` gives `sofia.reply`.
 */
export function Traced(nameOrOptions?: string | TracedOptions): ClassOrMethodDecorator {
  const settings = tracedSettings(nameOrOptions);
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (key !== undefined) decorateMethod(target, key, descriptor, methodRewrite(settings));
    else if (typeof target === 'function' && !isNoTrace(target)) decorateClass(target, classRewrite(settings));
  };
}

function methodRewrite(settings: TracedSettings): Rewrite {
  const { name } = settings;
  return (method, owner, key) =>
    isUntouchable(method) ? method : mark(spanned(method, settings, name ? () => name : methodNamer(owner, key)));
}

function classRewrite(settings: TracedSettings): Rewrite {
  const { name } = settings;
  return (method, owner, key) => {
    if (isUntouchable(method)) return method;
    const full = name && (typeof key === 'symbol' ? `${name}[${key.description ?? ''}]` : `${name}.${String(key)}`);
    return mark(spanned(method, settings, full ? () => full : methodNamer(owner, key)));
  };
}

function isUntouchable(method: object): boolean {
  return isTraced(method) || isNoTrace(method);
}

function mark<F extends object>(wrapper: F): F {
  Reflect.defineMetadata(TRACED_METADATA, true, wrapper);
  return wrapper;
}
