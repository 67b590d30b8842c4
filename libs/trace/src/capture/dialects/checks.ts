import { idOf } from './fields.js';
import { path, rootKey, type Scope } from './paths.js';

/** A condition on a webhook, with words for both outcomes. */
export interface Check {
  /** Its condition in words: `object is page`. */
  readonly label: string;
  holds(scope: Scope): boolean;
  /** Why it does not hold: the first unmet demand. */
  failing(scope: Scope): string;
  /**
   * Keys of the body (`object`) and headers (`header:stripe-signature`) of which a webhook has at least one where the
   * check holds. Absent: the check may hold without any. `dialect-index.ts` chooses dialects by these.
   */
  readonly needs?: readonly string[];
}

type Value = string | number | boolean;

/** A check that holds only where there is a value at `at`. */
function check(at: string, label: string, failing: string, holds: (scope: Scope) => boolean): Check {
  const key = rootKey(at);
  return { label, holds, failing: () => failing, needs: key === undefined ? undefined : [key] };
}

/** The value at `at` is one of `values`. */
export function is(at: string, ...values: Value[]): Check {
  const place = path(at);
  const words = values.join(' or ');
  return check(at, `${place.label} is ${words}`, `${place.label} is not ${words}`, (scope) =>
    values.includes(place.read(scope) as Value),
  );
}

/** There is a value at `at`: not `null`, not an empty text. */
export function has(at: string): Check {
  const place = path(at);
  return check(at, `there is ${place.label}`, `there is no ${place.label}`, (scope) => {
    const value = place.read(scope);
    return value !== undefined && value !== null && value !== '';
  });
}

/** All of `places` have a value. */
export function hasAll(...places: string[]): Check {
  return all(...places.map(has));
}

/** At least one of `places` has a value. */
export function hasAny(...places: string[]): Check {
  const inner = any(...places.map(has));
  const names = places.map((place) => path(place).label).join(', ');
  return { ...inner, label: `there is one of ${names}`, failing: () => `there is none of ${names}` };
}

/** `fits` answers `false` for `undefined`. */
function typed(at: string, word: string, fits: (value: unknown) => boolean): Check {
  const place = path(at);
  return check(at, `${place.label} is ${word}`, `${place.label} is not ${word}`, (scope) => fits(place.read(scope)));
}

export const isText = (at: string): Check => typed(at, 'a text', (value) => typeof value === 'string');
export const isNumber = (at: string): Check => typed(at, 'a number', (value) => typeof value === 'number');
export const isList = (at: string): Check => typed(at, 'a list', Array.isArray);

/** The text at `at` (its first 512 characters) fits `pattern`; `word` describes the pattern to people. */
export function like(at: string, pattern: RegExp, word: string): Check {
  return typed(at, word, (value) => typeof value === 'string' && pattern.test(value.slice(0, 512)));
}

/** Two places hold the same id. */
export function same(a: string, b: string): Check {
  const [first, second] = [path(a), path(b)];
  return check(
    a,
    `${first.label} is ${second.label}`,
    `${first.label} is not ${second.label}`,
    (scope) => idOf(first.read(scope)) !== undefined && idOf(first.read(scope)) === idOf(second.read(scope)),
  );
}

export function not(inner: Check): Check {
  return { label: `not: ${inner.label}`, holds: (scope) => !inner.holds(scope), failing: () => inner.label };
}

export function all(...checks: Check[]): Check {
  return {
    label: checks.map(({ label }) => label).join(' and '),
    holds: (scope) => checks.every((one) => one.holds(scope)),
    failing: (scope) => checks.find((one) => !one.holds(scope))?.failing(scope) ?? '',
    needs: fewest(checks),
  };
}

/** One of `checks` holds. The reason where none does is the first unmet demand of each. */
export function any(...checks: Check[]): Check {
  return {
    label: checks.map((one) => one.label).join(', or '),
    holds: (scope) => checks.some((one) => one.holds(scope)),
    failing: (scope) => [...new Set(checks.map((one) => one.failing(scope)))].join('; '),
    needs: checks.every(({ needs }) => needs) ? [...new Set(checks.flatMap(({ needs }) => needs!))] : undefined,
  };
}

/** All of the checks must hold, so the needs of one are enough. */
function fewest(checks: readonly Check[]): readonly string[] | undefined {
  const needs = checks.flatMap((one) => (one.needs ? [one.needs] : []));
  return needs.length === 0 ? undefined : needs.reduce((a, b) => (b.length < a.length ? b : a));
}
