import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { applicationOf } from './context/applications.js';
import { StartGuard } from './start-guard.js';
import { ROOT_MARK } from './trace.tokens.js';

/** The result of one call of `forRoot`. Distinguishes its module from those of other calls. */
export interface RootMark {
  /** The controllers of `/debug`. */
  readonly controllers: readonly Type[];
  /** The error that `forRoot` itself met. */
  readonly fault?: unknown;
}

/**
 * Returns the guard of an application, which also says whether this `forRoot` is the one that is used: an application that
 * imports several would record each webhook once for each of them.
 */
export function startGuardOf(mark: RootMark, modules: ModulesContainer): StartGuard {
  const start = new StartGuard(mark.controllers);
  if (mark.fault !== undefined) start.off('forRoot', mark.fault);
  try {
    start.duplicate = isDuplicate(mark, modules, start);
    if (start.duplicate) start.hideDebug();
  } catch (error) {
    start.off('finding TraceModule', error);
  }
  return start;
}

/** Applications that got the warning about several imports. */
const warned = new WeakSet<ModulesContainer>();

function isDuplicate(mark: RootMark, modules: ModulesContainer, start: StartGuard): boolean {
  const roots = [...modules.values()].filter((module) => module.providers.has(ROOT_MARK));
  // The one that is used exists already, perhaps for long: this one may be in a module that is loaded lazily.
  const isLate = applicationOf(modules) !== undefined;
  if (roots.length <= 1 && !isLate) return false;
  if (!warned.has(modules)) {
    warned.add(modules);
    start.warn(
      'TraceModule.forRoot is imported more than once in this application: the options of the import nearest to the ' +
        'root module are used, those of the others are not. Import it once, in the root module.',
    );
  }
  // Of several at the same distance, the first.
  const nearest = roots.reduce((best, module) => (module.distance < best.distance ? module : best), roots[0]!);
  return isLate || nearest.providers.get(ROOT_MARK)?.instance !== mark;
}
