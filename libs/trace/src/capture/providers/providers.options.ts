import type { Type } from '@nestjs/common';
import { listOption } from '../../model/option-checks.js';

/** Classes of providers: a RegExp for the class name, a class and its subclasses, or an object of both. */
export type ProviderRule =
  RegExp | Type | { include: RegExp | Type | (RegExp | Type)[]; exclude?: RegExp | Type | (RegExp | Type)[] };

/** @throws TraceCollectorError `OPTION_INVALID` */
export function resolveProviders(given: ProviderRule | ProviderRule[] | undefined): ProviderRule[] {
  return listOption<ProviderRule>(
    'capture.providers',
    given === undefined || Array.isArray(given) ? given : [given],
    (rule) => isMatcher(rule) || isPair(rule),
    'RegExps for class names, classes, or { include, exclude }',
  );
}

function isMatcher(rule: unknown): rule is RegExp | Type {
  return rule instanceof RegExp || (typeof rule === 'function' && rule.prototype !== undefined);
}

function isMatchers(rules: unknown): boolean {
  return Array.isArray(rules) ? rules.every(isMatcher) : isMatcher(rules);
}

function isPair(rule: unknown): boolean {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) return false;
  const { include, exclude, ...others } = rule as { include?: unknown; exclude?: unknown };
  return isMatchers(include) && (exclude === undefined || isMatchers(exclude)) && Object.keys(others).length === 0;
}
