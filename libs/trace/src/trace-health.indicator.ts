import { Inject, Injectable } from '@nestjs/common';
import type { TraceQueries } from './contract/trace-queries.js';
import { TRACE_QUERIES } from './debug/debug.tokens.js';

/** What Terminus reads: the state by the key of the indicator. */
export type TraceHealthResult<Key extends string = string> = Record<
  Key,
  {
    /** `down`: health could not be asked, or the caller wants more than it is. */
    status: 'up' | 'down';
    /** Health of the collector; absent: it could not be asked. */
    collector?: 'ok' | 'degraded';
    /** Number of reasons, which `/debug/health` has: this answer is often public, and they name paths and hosts. */
    reasons?: number;
  }
>;

/** Options of `TraceHealthIndicator.isHealthy`. */
export interface TraceHealthOptions {
  /** `true`: a degraded collector is `down`. Default: `false`, because an application works without its recorder. */
  failWhenDegraded?: boolean;
}

/**
 * Health of the collector for `@nestjs/terminus`, which this package does not import. Inject it where `TraceModule` is imported.
 *
 * @example
 * class HealthController {
 *   constructor(
 *     private readonly health: HealthCheckService,
 *     private readonly traces: TraceHealthIndicator,
 *   ) {}
 *
 *   check() {
 *     return this.health.check([() => this.traces.isHealthy('traces')]);
 *   }
 * }
 */
@Injectable()
export class TraceHealthIndicator {
  constructor(@Inject(TRACE_QUERIES) private readonly queries: Pick<TraceQueries, 'health'>) {}

  /** Does not reject. @param key name in the answer. Default: `traces` */
  async isHealthy<Key extends string = 'traces'>(
    key: Key = 'traces' as Key,
    { failWhenDegraded = false }: TraceHealthOptions = {},
  ): Promise<TraceHealthResult<Key>> {
    try {
      const { status: collector, reasons } = await this.queries.health();
      const status = failWhenDegraded && collector === 'degraded' ? 'down' : 'up';
      return { [key]: { status, collector, reasons: reasons.length } } as TraceHealthResult<Key>;
    } catch {
      return { [key]: { status: 'down' } } as TraceHealthResult<Key>;
    }
  }
}
