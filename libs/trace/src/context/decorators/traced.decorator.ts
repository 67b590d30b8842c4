import { decorateClass, decorateMethod } from './decorate.js';
import type { Rewrite } from './decorate.js';
import { methodNamer } from './span-name.js';
import { isNoTrace, isTraced, TRACED_METADATA } from './trace-metadata.js';
import { spanned } from '../functions/traced-function.js';
import { tracedSettings } from '../functions/traced-options.js';
import type { TracedOptions, TracedSettings } from '../functions/traced-options.js';

/** A decorator for a class or for a method. */
export interface ClassOrMethodDecorator {
  (target: object): void;
  (target: object, key: string | symbol, descriptor?: PropertyDescriptor): void;
}

/**
 * Records a span for each call in a trace: input, output, error, duration. Outside a trace it only calls the method. Its
 * position among other decorators does not matter.
 *
 * On a class it applies to all methods that the class declares itself, except static ones, accessors, Nest's lifecycle
 * hooks, methods with a `@Traced()` of their own (which wins) and those with `@NoTrace()`. A method never has two spans: of
 * two `@Traced()` on one method, the nearer one counts.
 *
 * The span is named `Class.method`, after the object's own class, or after the class that declares the method if the call
 * came through `super`. On a class, `name` replaces the class's name: `@Traced('sofia')` gives `sofia.reply`.
 *
 * @example
 * // Records spans with the id of the lead as input and the text as output.
 * `class Sofia { @Traced({ kind: 'agent', input: (lead: Lead) => lead.id }) async reply(lead: Lead) { return ask(lead.message); } }`
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

/** Whether a method has decided for itself. */
export function isUntouchable(method: object): boolean {
  return isTraced(method) || isNoTrace(method);
}

/** Marks a wrapper, so that its method gets no second span. */
export function mark<F extends object>(wrapper: F): F {
  Reflect.defineMetadata(TRACED_METADATA, true, wrapper);
  return wrapper;
}
