import type { Type } from '@nestjs/common';
import type { ProviderRule } from './providers.options.js';

type Matcher = RegExp | Type;

/** How a class matched: by itself or a class that it extends, or by its name only. */
export type Match = 'class' | 'name' | undefined;

/** Whether a rule includes the class and does not exclude it. */
export function matchOf(target: Type, rules: readonly ProviderRule[]): Match {
  let match: Match;
  for (const rule of rules) {
    const { include, exclude } = typeof rule === 'object' && 'include' in rule ? rule : { include: rule, exclude: [] };
    if (listOf(exclude).some((one) => fits(target, one))) continue;
    for (const one of listOf(include)) {
      if (!fits(target, one)) continue;
      if (!(one instanceof RegExp)) return 'class';
      match = 'name';
    }
  }
  return match;
}

/** The classes that rules have as classes. */
export function namedClasses(rules: readonly ProviderRule[]): Type[] {
  return rules.flatMap((rule) =>
    listOf(typeof rule === 'object' && 'include' in rule ? rule.include : rule).filter(
      (one): one is Type => typeof one === 'function',
    ),
  );
}

function listOf(given: Matcher | Matcher[] | undefined): Matcher[] {
  return given === undefined ? [] : Array.isArray(given) ? given : [given];
}

function fits(target: Type, matcher: Matcher): boolean {
  // `search` ignores the position that a RegExp with the flag `g` keeps.
  if (matcher instanceof RegExp) return target.name.search(matcher) !== -1;
  return target === matcher || (target.prototype as unknown) instanceof matcher;
}
