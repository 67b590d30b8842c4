import { hashNumber } from '../../../model/hash.js';
import { routesOf, type Baseline, type BaselineQuery, type RouteBaseline } from '../../../model/baseline.js';
import { wallNow } from '../../../model/timers.js';
import type { TraceHead } from '../../../model/trace.js';
import type { CatalogDb } from '../../db/catalog-db.js';
import { ErrorCounts } from './error-counts.js';
import { RouteSums } from './route-sums.js';
import type { BaselineSample } from './baseline-sample.js';

const DAY_US = 86_400_000_000;
/** Days that a trace is compared with, its own the last: an application may have changed since earlier ones. */
const DAYS = 7;
/** Routes of one day. Without known handlers each path is a route, and paths may contain ids. */
const MAX_ROUTES = 500;
const MAX_CACHED = 256;

/**
 * Statistics of traces by route and day. Each trace is counted once, when it has ended, and its counts stay when it is
 * deleted; whole days expire. Routes are stored as hashes, steps by name.
 */
export class Baselines {
  private readonly errorCounts: ErrorCounts;
  private readonly pending = new Map<string, { day: number; route: number; sums: RouteSums }>();
  /** Decoded rows; `undefined` where there is none. */
  private readonly cache = new Map<string, RouteSums | undefined>();
  /** By route: the sum of the days before the one that was last read. Most traces that end are of that day. */
  private readonly past = new Map<number, { day: number; since: number | null; sums: RouteSums }>();
  /** Results of `read`, by route and day, until a trace is learned. */
  private readonly answers = new Map<string, RouteBaseline>();
  /** The catalog has noted that a trace had a reply. The note is permanent. */
  private replyNoted = false;
  private prunedFor = Number.NEGATIVE_INFINITY;

  constructor(private readonly db: CatalogDb) {
    this.errorCounts = new ErrorCounts(db);
  }

  /** Counts a trace after a change to it, in the same transaction. */
  learn(head: TraceHead, sample: BaselineSample): void {
    for (const error of sample.takeNewErrors()) this.errorCounts.note(error);
    if (head.status === 'active' || sample.learned) return;
    sample.learned = true;
    if (sample.replied && !this.replyNoted) {
      this.db.run('noteReply');
      this.replyNoted = true;
    }
    const day = Math.floor(head.startedAt / DAY_US);
    for (const name of routesOf(head, sample.arrival)) {
      const key = `${day}:${name}`;
      let change = this.pending.get(key);
      if (!change) this.pending.set(key, (change = { day, route: numberOf(name), sums: new RouteSums() }));
      change.sums.learn(sample, head.status === 'completed');
    }
  }

  read({ at, routes, errors }: BaselineQuery): Baseline {
    const day = Math.floor(at / DAY_US);
    return {
      routes: routes.map((route) => this.readRoute(route, day)),
      errors: errors.map((error) => this.errorCounts.read(error)),
      replied: this.replyNoted || this.db.get('hasReply') !== undefined,
    };
  }

  /** A user cleared the traces, and their statistics with them. */
  clear({ keepErrors }: { keepErrors: boolean }): void {
    this.db.run('clearBaselines');
    if (!keepErrors) this.errorCounts.clear();
    this.forget();
  }

  /** Deletes steps whose name contains a contact. */
  erase(texts: readonly string[]): void {
    if (texts.length === 0) return;
    for (const { day, route, data } of this.db.all<{ day: number; route: number; data: Uint8Array }>('baselines')) {
      const sums = RouteSums.decode(data);
      if (sums.forget(texts)) this.db.run('putBaseline', day, route, sums.encode());
    }
    this.forget();
  }

  flush(): void {
    if (this.pending.size === 0) return;
    this.answers.clear();
    let newest = Number.NEGATIVE_INFINITY;
    for (const { day, route, sums: change } of this.pending.values()) {
      const key = `${day}:${route}`;
      const known = this.load(key, day, route);
      if (!known && this.db.get<{ n: number }>('countBaselines', day)!.n >= MAX_ROUTES) continue;
      const sums = known ?? new RouteSums();
      sums.merge(change);
      if (this.past.get(route)?.day !== day) this.past.delete(route);
      this.cache.set(key, sums);
      this.db.run('putBaseline', day, route, sums.encode());
      newest = Math.max(newest, day);
    }
    this.pending.clear();
    this.prune(newest);
    if (this.cache.size > MAX_CACHED) this.cache.clear();
  }

  forget(): void {
    this.replyNoted = false;
    this.pending.clear();
    this.cache.clear();
    this.past.clear();
    this.answers.clear();
  }

  private readRoute(name: string, day: number): RouteBaseline {
    const key = `${day}:${name}`;
    let answer = this.answers.get(key);
    if (!answer) this.answers.set(key, (answer = this.describe(name, day)));
    if (this.answers.size > MAX_CACHED) this.answers.clear();
    return answer;
  }

  private describe(name: string, day: number): RouteBaseline {
    const route = numberOf(name);
    const before = this.before(route, day);
    const sums = new RouteSums();
    sums.merge(before.sums);
    const since = this.addDay(sums, route, day) ? (before.since ?? day) : before.since;
    const { ended, completed, repliedTwice } = sums;
    return {
      route: name,
      since: since === null ? null : since * DAY_US,
      ended,
      completed,
      repliedTwice,
      steps: sums.describe(),
    };
  }

  private before(route: number, day: number): { since: number | null; sums: RouteSums } {
    const known = this.past.get(route);
    if (known?.day === day) return known;
    const sums = new RouteSums();
    let since: number | null = null;
    for (let each = day - DAYS + 1; each < day; each += 1) if (this.addDay(sums, route, each)) since ??= each;
    const past = { day, since, sums };
    if (this.past.size >= MAX_CACHED) this.past.clear();
    this.past.set(route, past);
    return past;
  }

  /** Adds a row that is not decoded yet without keeping it: it is read once, and its sum is cached. */
  private addDay(sums: RouteSums, route: number, day: number): boolean {
    const key = `${day}:${route}`;
    if (this.cache.has(key)) {
      const of = this.cache.get(key);
      if (of) sums.merge(of);
      return of !== undefined;
    }
    const row = this.db.get<{ data: Uint8Array }>('baseline', day, route);
    if (row) sums.add(row.data);
    return row !== undefined;
  }

  private load(key: string, day: number, route: number): RouteSums | undefined {
    if (!this.cache.has(key)) {
      const row = this.db.get<{ data: Uint8Array }>('baseline', day, route);
      this.cache.set(key, row && RouteSums.decode(row.data));
    }
    return this.cache.get(key);
  }

  /** Deletes expired days, once a day by the traces' time. A trace of the future does not expire the present. */
  private prune(newest: number): void {
    const day = Math.min(newest, Math.floor((wallNow() * 1000) / DAY_US));
    if (day <= this.prunedFor) return;
    this.prunedFor = day;
    this.db.run('pruneBaselines', day - 2 * DAYS);
    this.errorCounts.prune(day * DAY_US);
  }
}

/** A hash of 48 bits: a few hundred routes do not collide, and the ids in a path cannot be read from it. */
function numberOf(route: string): number {
  return hashNumber(`route:${route}`);
}
