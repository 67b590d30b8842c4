/** One step of a path: a name, an index, `*` for any one, `**` for any number of them. */
export type PathStep = string;

/**
 * The caller's paths at one place in a value; `at` steps to a child.
 */
export interface PathRule {
  /** The value here is hidden. */
  readonly hit: boolean;
  /** The rule for the child under `key`; `undefined` when nothing below can match. */
  at(key: string | number): PathRule | undefined;
}

/** `a.b[0].c`, `$.a[*].c`, `['x-y'].z` as steps; `undefined` for text that is no path. */
export function parsePath(path: string): PathStep[] | undefined {
  const steps: PathStep[] = [];
  const step = /\.?(?:([^.[\]]+)|\[(\d+|\*)\]|\[(["'])(.*?)\3\])/y;
  let at = path.startsWith('$') ? 1 : 0;
  while (at < path.length) {
    step.lastIndex = at;
    const match = step.exec(path);
    if (match === null) return undefined;
    steps.push(match[1] ?? match[2] ?? match[4] ?? '');
    at = step.lastIndex;
  }
  return steps.length === 0 ? undefined : steps;
}

/** Ignores text that is no path: option validation has refused it before. */
export function compilePaths(paths: readonly string[]): PathRule | undefined {
  const parsed = paths.map(parsePath).filter((steps) => steps !== undefined);
  return parsed.length === 0 ? undefined : ruleFor(parsed);
}

function ruleFor(rests: PathStep[][]): PathRule {
  return {
    hit: rests.some((rest) => rest.every((step) => step === '**') && rest.length === 0),
    at(key) {
      const name = String(key);
      const next: PathStep[][] = [];
      for (const rest of rests) advance(rest, name, next);
      return next.length === 0 ? undefined : ruleFor(next);
    },
  };
}

function advance(rest: PathStep[], name: string, into: PathStep[][]): void {
  const step = rest[0];
  if (step === undefined) return;
  if (step === '**') {
    into.push(rest);
    advance(rest.slice(1), name, into);
    return;
  }
  if (step === '*' || step === name) into.push(rest.slice(1));
}
