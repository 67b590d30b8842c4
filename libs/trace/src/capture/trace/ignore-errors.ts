import { builtInControlFlow, type ControlFlow } from './control-flow.js';
import { errorName, isError, hasPrototype } from '../../serialize/serializer.js';
import type { IgnoredErrorClass, IgnoreErrorRule } from '../capture.options.js';
import type { InternalErrors } from '../internal-errors.js';

/** Whether a function is a class and not a predicate: it is written as one, or is a constructor of errors in older style. */
function isErrorClass(rule: unknown): rule is IgnoredErrorClass {
  if (typeof rule !== 'function') return false;
  const prototype = Object.getOwnPropertyDescriptor(rule, 'prototype')?.value as unknown;
  if (typeof prototype !== 'object' || prototype === null) return false;
  return hasPrototype(prototype, Error.prototype) || /^class\b/.test(Function.prototype.toString.call(rule));
}

/**
 * The built-in rules, then `capture.ignoreErrors`. A predicate that throws is counted in health's `self_errors` and ignores
 * nothing.
 */
export function controlFlow(rules: readonly IgnoreErrorRule[], internalErrors: InternalErrors): ControlFlow {
  if (rules.length === 0) return builtInControlFlow;
  const matchers = rules.map((rule) => matcher(rule, internalErrors));
  return (error) =>
    builtInControlFlow(error) ?? (matchers.some((matches) => matches(error)) ? 'capture.ignoreErrors' : undefined);
}

function matcher(rule: IgnoreErrorRule, internalErrors: InternalErrors): (error: unknown) => boolean {
  if (typeof rule === 'string') return (error) => isError(error) && errorName(error) === rule;
  if (isErrorClass(rule)) {
    const prototype = rule.prototype as object;
    return (error) => typeof error === 'object' && error !== null && hasPrototype(error, prototype);
  }
  return (error) => internalErrors.guard('capture.ignoreErrors', () => rule(error) === true) ?? false;
}
