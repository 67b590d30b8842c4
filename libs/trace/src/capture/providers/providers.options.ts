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
    (rule) =>
      rule instanceof RegExp ||
      typeof rule === 'function' ||
      (typeof rule === 'object' && rule !== null && 'include' in rule),
    'RegExps for class names, classes, or { include, exclude }',
  );
}
