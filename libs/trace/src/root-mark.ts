import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { applicationOf } from './context/applications.js';
import { StartGuard } from './start-guard.js';
import { ROOT_MARK } from './trace.tokens.js';

/** What one call of `forRoot` made. Tells its module from those of other calls. */
export interface RootMark {
  /** The controllers of `/debug`. */
  readonly controllers: readonly Type[];
  /** What failed in `forRoot` itself. */
  readonly fault?: unknown;
}

/**
 * The guard of an application, and whether this `forRoot` is the one that counts: an application that imports several
 * would record each webhook once for each of them.
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

/** Applications that were warned of several imports. */
const told = new WeakSet<ModulesContainer>();

function isDuplicate(mark: RootMark, modules: ModulesContainer, start: StartGuard): boolean {
  const roots = [...modules.values()].filter((module) => module.providers.has(ROOT_MARK));
  // The one that counts is made already, perhaps long ago: this one may be in a module that is loaded lazily.
  const isLate = applicationOf(modules) !== undefined;
  if (roots.length <= 1 && !isLate) return false;
  if (!told.has(modules)) {
    told.add(modules);
    start.warn(
      'TraceModule.forRoot is imported more than once in this application: the options of the import nearest to the ' +
        'root module are used, those of the others are not. Import it once, in the root module.',
    );
  }
  // Of several as near, the first.
  const nearest = roots.reduce((best, module) => (module.distance < best.distance ? module : best), roots[0]!);
  return isLate || nearest.providers.get(ROOT_MARK)?.instance !== mark;
}
