import type { ErrorMark } from '../../model/error-mark.js';
import type { Micros, TraceKey } from '../../model/record.js';
import { performance } from '../../model/timers.js';
import type { StoredTrace, TraceHead } from '../../model/trace.js';
import type { Finding } from '../alert.js';
import type {
  CollectorState,
  ErrorRule,
  HealthRule,
  Rule,
  SeenError,
  WindowQueries,
  WindowRule,
} from '../rules/rule.js';
import type { KnownSent } from '../sent/known-sent.js';
import { type EndedTrace, EndedTraces } from './ended-traces.js';

/** Errors of traces that ended longer ago are noted as seen: a process that was down for a night does not report all of it. */
const FRESH_MS = 3_600_000;
/** Traces whose heads are read at once. */
const HEADS = 200;
/** Between two evaluations of a rule about a range of time: a share of the time that it takes, within these bounds. */
const MIN_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 4_000;
const PAUSE_FACTOR = 20;
/** Between two looks at the collector's own state. */
const HEALTH_MS = 5_000;

export interface EngineParts {
  rules: readonly Rule[];
  quietMs: number;
  sent: KnownSent;
  instance: string;
  now: () => Micros;
  /** Heads of traces of this directory. */
  heads: (keys: readonly TraceKey[]) => Promise<Map<TraceKey, TraceHead>>;
  /** Traces of this directory with their records. */
  stored: (traceIds: readonly string[]) => Promise<StoredTrace[]>;
  /** Traces of all instances. */
  store: () => WindowQueries;
  /** What people said about error groups. Default: nothing. */
  marks?: () => Promise<readonly ErrorMark[]>;
  state: () => Promise<Omit<CollectorState, 'instance'>>;
  /** Sends an alert that this process has claimed. */
  raise: (rule: Rule, finding: Finding) => void;
}

/**
 * Looks at traces that ended, and decides what is reported. What it reads of the journal only says that there is something
 * to look at: numbers come from the store, which has the traces of all processes.
 */
export class AlertEngine {
  readonly traces = new EndedTraces();
  /** Why a rule could not be evaluated. */
  readonly failures = new Map<string, string>();
  private readonly errorRules: ErrorRule[];
  private readonly windowRules: WindowRule[];
  private readonly healthRules: HealthRule[];
  /** Rules about a range of time that have something new to look at, with the time from which they may. */
  private readonly due = new Map<WindowRule, number>();
  private readonly restedUntil = new Map<WindowRule, number>();
  private healthAt = Number.NEGATIVE_INFINITY;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: EngineParts) {
    const { rules } = parts;
    this.errorRules = rules.filter((rule) => rule.trigger === 'error');
    this.windowRules = rules.filter((rule) => rule.trigger === 'end');
    this.healthRules = rules.filter((rule) => rule.trigger === 'health');
  }

  /** Looks at all traces that ended. Rejects when their errors could not be read: then they are looked at again. */
  async flush(): Promise<void> {
    await this.inTurn(() => this.lookAtEnded());
    await this.tick();
  }

  /** Evaluates the rules that are due. Called every second. Does not reject. */
  tick(): Promise<void> {
    return this.inTurn(async () => {
      await this.lookAtWindows();
      await this.lookAtHealth();
    });
  }

  private async lookAtEnded(): Promise<void> {
    while (this.traces.pending.length > 0) {
      const some = this.traces.pending.slice(0, HEADS);
      const fresh = some.filter(({ at }) => this.isFresh(at));
      for (const { status } of fresh) this.markDue(status);
      if (this.errorRules.length > 0) await this.lookAtErrors(some, fresh);
      this.traces.done(some.length);
    }
  }

  private async lookAtErrors(some: readonly EndedTrace[], fresh: readonly EndedTrace[]): Promise<void> {
    const failing = fresh.filter(({ errors, status }) => errors !== undefined || status !== 'completed');
    const heads =
      failing.length === 0 ? new Map<TraceKey, TraceHead>() : await this.parts.heads(failing.map(({ key }) => key));
    const marks = failing.length === 0 ? new Map<string, ErrorMark>() : await this.marks();
    for (const trace of some) {
      const head = heads.get(trace.key);
      for (const error of trace.errors ?? (await this.storedErrors(head))) {
        for (const rule of this.errorRules) {
          const mark = marks.get(error.fingerprint);
          const finding = rule.find(error, head, mark && mark.at < error.at ? mark : undefined);
          if (finding) await this.claimError(rule, error, finding, this.isFresh(trace.at));
        }
      }
    }
  }

  private async claimError(rule: ErrorRule, error: SeenError, finding: Finding, isFresh: boolean): Promise<void> {
    const { instance, sent } = this.parts;
    const isMine = await sent.claim({
      rule: rule.id,
      subject: finding.claim ?? finding.subject,
      at: error.at,
      holdMs: this.holdMs(rule),
      extend: true,
      ...(isFresh && { alert: { title: finding.title, instance } }),
    });
    if (isMine && isFresh) this.parts.raise(rule, finding);
  }

  /** By fingerprint. None where they cannot be read: an alert too many is better than one too few. */
  private async marks(): Promise<Map<string, ErrorMark>> {
    try {
      return new Map((await this.parts.marks?.())?.map((mark) => [mark.fingerprint, mark]));
    } catch {
      return new Map();
    }
  }

  /** Errors that an earlier process has read, and this one has not. */
  private async storedErrors(head: TraceHead | undefined): Promise<SeenError[]> {
    if (!head || head.errors === 0) return [];
    const [trace] = await this.parts.stored([head.traceId]);
    const found = new Map<string, SeenError>();
    for (const record of trace?.records ?? []) {
      if (record.kind === 'error') found.set(record.fingerprint, { ...record, at: record.ts });
    }
    return [...found.values()];
  }

  private markDue(status: EndedTrace['status']): void {
    for (const rule of this.windowRules) {
      if (status !== undefined && !rule.isTouchedBy(status)) continue;
      if (!this.due.has(rule)) this.due.set(rule, this.restedUntil.get(rule) ?? 0);
    }
  }

  private async lookAtWindows(): Promise<void> {
    for (const [rule, from] of this.due) {
      const started = performance.now();
      if (started < from) continue;
      this.due.delete(rule);
      await this.attempt(rule, async () => this.raiseAll(rule, await rule.find(this.parts.store(), this.parts.now())));
      const pause = Math.min(Math.max(PAUSE_FACTOR * (performance.now() - started), MIN_PAUSE_MS), MAX_PAUSE_MS);
      this.restedUntil.set(rule, performance.now() + pause);
    }
  }

  private async lookAtHealth(): Promise<void> {
    if (this.healthRules.length === 0 || performance.now() - this.healthAt < HEALTH_MS) return;
    this.healthAt = performance.now();
    const { state, instance } = this.parts;
    for (const rule of this.healthRules) {
      await this.attempt(rule, async () =>
        this.raiseAll(rule, rule.find({ ...(await state()), instance }, this.parts.now())),
      );
    }
  }

  private async raiseAll(rule: Rule, findings: readonly Finding[]): Promise<void> {
    const { sent, instance, now } = this.parts;
    for (const finding of findings) {
      const { subject, title } = finding;
      const alert = { title, instance };
      if (await sent.claim({ rule: rule.id, subject, at: now(), holdMs: this.holdMs(rule), alert })) {
        this.parts.raise(rule, finding);
      }
    }
  }

  private async attempt(rule: Rule, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.failures.delete(rule.id);
    } catch (error) {
      this.failures.set(rule.id, `Alert rule ${rule.rule} could not be evaluated: ${(error as Error).message}`);
    }
  }

  /** One after the other: two at once would claim and count the same traces twice. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }

  private isFresh(at: Micros): boolean {
    return this.parts.now() - at <= FRESH_MS * 1_000;
  }

  private holdMs({ windowMs }: Rule): number {
    return Math.max(windowMs, this.parts.quietMs);
  }
}
