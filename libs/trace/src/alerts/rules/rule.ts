import { sha256 } from '../../model/hash.js';
import type { ConsumerState } from '../../model/health.js';
import type { ErrorMark } from '../../model/error-mark.js';
import type { ErrorFields, Micros } from '../../model/record.js';
import type { TraceStatus } from '../../model/status.js';
import type { TraceHead } from '../../model/trace.js';
import type { StoreHealth, TraceStats, TraceStore } from '../../store/port.js';
import type { AlertRuleName, Finding } from '../alert.js';

/** What all rules have. */
export interface RuleBase {
  readonly rule: AlertRuleName;
  /** The rule with its options, in all processes the same. */
  readonly id: string;
  /** The options with their defaults, for people. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
  /** Milliseconds for which it sends one alert per subject at most. */
  readonly windowMs: number;
}

/** One error of an ended trace. */
export type SeenError = Pick<ErrorFields, 'fingerprint' | 'location' | 'type' | 'message'> & { at: Micros };

/** A rule about single errors. */
export interface ErrorRule extends RuleBase {
  readonly trigger: 'error';
  /**
   * `undefined`: the rule is not about this error.
   * @param head the trace; `undefined`: it was deleted
   * @param mark what a person said about the group of the error before
   */
  find(error: SeenError, head: TraceHead | undefined, mark?: ErrorMark): Finding | undefined;
}

/** The questions of rules that look at a range of time. */
export interface WindowQueries extends Pick<TraceStore, 'list'> {
  sample: TraceStats['sample'];
}

/** A rule about the traces of the last time. */
export interface WindowRule extends RuleBase {
  readonly trigger: 'end';
  /** Whether a trace that ends with this status can change its result. */
  isTouchedBy(status: TraceStatus): boolean;
  find(store: WindowQueries, now: Micros): Promise<Finding[]>;
}

/** What rules about the collector itself look at. */
export interface CollectorState {
  health: StoreHealth;
  consumers: readonly ConsumerState[];
  instance: string;
}

/** A rule about the collector itself. */
export interface HealthRule extends RuleBase {
  readonly trigger: 'health';
  find(state: CollectorState, now: Micros): Finding[];
}

export type Rule = ErrorRule | WindowRule | HealthRule;

/** The id of a rule with these options. */
export function ruleId(rule: AlertRuleName, options: object): string {
  return `${rule}-${sha256(JSON.stringify(options)).toString('hex', 0, 4)}`;
}

/** Whether the sender of the webhook made the mistake: a wrong signature, a body that the application refuses. */
export function isClientError({ statusCode }: Pick<TraceHead, 'statusCode'>): boolean {
  return statusCode !== null && statusCode >= 400 && statusCode < 500;
}

/** Address of a list in the page: its search from this time on. */
export function listPath(terms: string, since: Micros): string {
  const from = `${new Date(since / 1_000).toISOString().slice(0, 19)}Z`;
  return `#/?q=${encodeURIComponent(`${terms} since:${from}`.trim())}`;
}

/** Traces that a rule names. */
const MAX_NAMED = 5;

/** Ids of the traces, the newest first, for captured text. */
export function namesOf(heads: readonly TraceHead[]): { trace_ids: string[] } {
  return { trace_ids: heads.slice(0, MAX_NAMED).map(({ traceId }) => traceId) };
}

/** `5 min`, `1 h`, `2 d`: the unit in which a window is a whole number. */
export function spellWindow(ms: number): string {
  for (const [unit, size] of UNITS) if (ms >= size && ms % size === 0) return `${ms / size} ${unit}`;
  return `${ms / 1_000} s`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** Share as a percentage: `12.5 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}
