import { decorateClass, decorateMethod } from './decorate.js';
import type { Rewrite } from './decorate.js';
import { runStep } from '../follow/follow-result.js';
import { copyFunctionMetadata } from '../functions/copy-function-metadata.js';
import { UNTRACED_STEP } from '../follow/step.js';
import { currentRef } from '../trace-context.js';
import { isNoTrace, NO_TRACE_METADATA, TRACE_WEBHOOK_METADATA } from './trace-metadata.js';
import type { ClassOrMethodDecorator } from './traced.decorator.js';

/**
 * Excludes a route, a method, or all methods that a class declares. Requests to such a route open no trace. Such a method
 * and everything that it calls records nothing, `@Traced()` methods included. The more specific one wins: `runInTrace` inside
 * the method records, and so does a `@TraceWebhook()` route of a `@NoTrace()` controller.
 *
 * @example
 * `class PingController { @NoTrace() @Post('webhook/ping') ping() {} }`
 */
export function NoTrace(): ClassOrMethodDecorator {
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (key !== undefined) {
      decorateMethod(target, key, descriptor, rewrite);
    } else if (typeof target === 'function') {
      Reflect.defineMetadata(NO_TRACE_METADATA, true, target);
      decorateClass(target, rewriteInClass);
    }
  };
}

const rewrite: Rewrite = (method) => {
  const wrapper = untraced(method);
  Reflect.defineMetadata(NO_TRACE_METADATA, true, wrapper);
  return wrapper;
};

const rewriteInClass: Rewrite = (method) =>
  isNoTrace(method) || Reflect.hasMetadata(TRACE_WEBHOOK_METADATA, method) ? method : untraced(method);

function untraced<F extends (this: unknown, ...args: never[]) => unknown>(method: F): F {
  return copyFunctionMetadata(method, (self, args) =>
    currentRef() === undefined
      ? Reflect.apply(method, self, args as never[])
      : runStep(UNTRACED_STEP, method, self, args, false),
  );
}
