import { durationOption, objectOption } from '../../model/option-checks.js';
import type { CollectorState, HealthRule } from './rule.js';
import { ruleId } from './rule.js';

/** Options of `alertWhen.lost`. */
export interface LostOptions {
  /** One alert at most in this time: `1h`, or milliseconds. Default: 1 hour. */
  window?: number | string;
}

/** Remembers what was lost before: one rule belongs to one application. */
export function lostRule(path: string, given: LostOptions): HealthRule {
  const { window } = objectOption(path, given, ['window']);
  const options = { window_ms: durationOption(`${path}.window`, window, 3_600_000) };
  let before: Map<string, number> | undefined;
  return {
    rule: 'lost',
    trigger: 'health',
    id: ruleId('lost', options),
    options,
    windowMs: options.window_ms,
    find: (state) => {
      const now = losses(state);
      const last = before ?? startOf(state, now);
      before = now;
      const more = Array.from(now).flatMap(([cause, n]) => {
        const added = n - (last.get(cause) ?? 0);
        return added > 0 ? [[cause, added] as const] : [];
      });
      if (more.length === 0) return [];
      return [
        {
          subject: state.instance,
          title: `Traces of ${state.instance} were lost`,
          text: `What was lost: ${more.map(([cause, n]) => `${cause}: ${n}`).join(', ')}. See \`npx nestjs-trace-collector health\`.`,
          facts: Object.fromEntries(more),
          path: '#/',
          captured: { trace_ids: [] },
        },
      ];
    },
  };
}

/** Totals by cause, all of which only grow. */
function losses({ health, consumers }: CollectorState): Map<string, number> {
  const { dropped = {}, corruptRecords = 0, shared } = health;
  return new Map([
    ...Object.entries(dropped).map(([cause, n]) => [`records_${cause}`, n] as const),
    ['corrupt_records', corruptRecords],
    ['unshipped_bytes', shared?.unshipped_lost ?? 0],
    ...consumers.map(({ name, lost_bytes: bytes = 0 }) => [`consumer_${name}_bytes`, bytes] as const),
  ]);
}

/** Records that this process dropped count from 0. The other totals are older than the process. */
function startOf({ health }: CollectorState, now: Map<string, number>): Map<string, number> {
  const own = Object.keys(health.dropped ?? {}).map((cause) => `records_${cause}`);
  return new Map(Array.from(now, ([cause, n]) => [cause, own.includes(cause) ? 0 : n]));
}
