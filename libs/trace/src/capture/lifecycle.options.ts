import { badOption, isPlainObject, numberOption, objectOption } from '../model/option-checks.js';

/** When a trace ends, and whether a reply is expected. */
export interface LifecycleModuleOptions {
  /** Milliseconds without a record after which a trace with nothing open ends. Default: 1,000. */
  quietMs?: number;
  /** Milliseconds after which a trace ends as `timeout`, even if work is open. Default: 600,000 (10 minutes). */
  maxMs?: number;
  /**
   * Whether a message without a reply is a fault (`silent`). `true`: a reply is due by the end of the work;
   * `{ withinMs }`: the trace stays open for this many milliseconds and waits for one. Default: `false`.
   */
  expectReply?: boolean | { withinMs: number };
}

/** The `lifecycle` options with all defaults. */
export interface LifecycleOptions {
  /** Milliseconds without a record after which a trace with nothing open ends. */
  quietMs: number;
  /** Milliseconds after which a trace ends as `timeout`, even if work is open. */
  maxMs: number;
  /** `false`: a message without a reply is no fault. Else the milliseconds a reply may take; `Infinity`: until the trace ends. */
  replyWithinMs: number | false;
}

const DAY_MS = 86_400_000;

/** @throws TraceCollectorError `OPTION_INVALID` for the first invalid option. */
export function resolveLifecycle(options?: LifecycleModuleOptions): LifecycleOptions {
  const given = objectOption('lifecycle', options, ['quietMs', 'maxMs', 'expectReply']);
  const unit = 'milliseconds';
  return {
    quietMs: numberOption('lifecycle.quietMs', given.quietMs, 1_000, { min: 0, max: DAY_MS, unit }),
    maxMs: numberOption('lifecycle.maxMs', given.maxMs, 600_000, { min: 1, max: 7 * DAY_MS, unit }),
    replyWithinMs: replyWithin(given.expectReply),
  };
}

function replyWithin(expectReply: LifecycleModuleOptions['expectReply']): number | false {
  if (expectReply === undefined || expectReply === false) return false;
  if (expectReply === true) return Number.POSITIVE_INFINITY;
  const { withinMs } = isPlainObject(expectReply)
    ? objectOption('lifecycle.expectReply', expectReply, ['withinMs'])
    : { withinMs: undefined };
  if (withinMs === undefined) throw badOption('lifecycle.expectReply', expectReply, 'true, false or { withinMs }');
  return numberOption('lifecycle.expectReply.withinMs', withinMs, 0, { min: 1, max: DAY_MS, unit: 'milliseconds' });
}
