import type { Micros } from '../../model/record.js';
import type { AlertClaim, SentAlert, SentAlerts } from '../../store/sent-alerts.js';

/** Subjects of which this process remembers the last claim. */
const MAX_KNOWN = 5_000;
/** A subject that is seen all the time is claimed again after this share of its window. */
const REFRESH_SHARE = 1 / 20;
/** A claim of another process is asked for again after this time at the latest. */
const ASK_AGAIN_MS = 60_000;

/**
 * Claims in the shared store, in the directory while that is out of reach, and in this process where that fails, too. Then
 * each of them sends an alert of its own: a database that is down must not hide what goes wrong. Claims that cannot succeed
 * are not made: a thousand equal errors are one claim.
 */
export class KnownSent {
  private readonly until = new Map<string, Micros>();
  private readonly own = new Map<string, Micros>();
  /** Why the last claim could not be made where it belongs. */
  problem: string | undefined;

  constructor(
    private readonly directory: SentAlerts,
    private readonly shared: SentAlerts | undefined,
  ) {}

  /** Whether a claim at this time would be refused, as far as this process remembers. */
  isHeld(rule: string, subject: string, at: Micros): boolean {
    return at < (this.until.get(keyOf(rule, subject)) ?? Number.NEGATIVE_INFINITY);
  }

  /** Does not reject. */
  async claim(claim: AlertClaim): Promise<boolean> {
    const { rule, subject, at, holdMs, extend } = claim;
    if (this.isHeld(rule, subject, at)) return false;
    const isMine = await this.make(claim);
    const againMs = extend ? holdMs * REFRESH_SHARE : isMine ? holdMs : Math.min(holdMs, ASK_AGAIN_MS);
    put(this.until, keyOf(rule, subject), at + againMs * 1_000);
    return isMine;
  }

  async list(limit: number): Promise<SentAlert[]> {
    for (const sent of [this.shared, this.directory]) {
      try {
        if (sent) return await sent.list(limit);
      } catch {
        // The next one has what this process sent meanwhile.
      }
    }
    return [];
  }

  private async make(claim: AlertClaim): Promise<boolean> {
    this.problem = undefined;
    for (const sent of [this.shared, this.directory]) {
      try {
        if (sent) return await sent.claim(claim);
      } catch (error) {
        this.problem = `An alert could not be noted, so it may be sent more than once: ${(error as Error).message}`;
      }
    }
    const key = keyOf(claim.rule, claim.subject);
    const seen = this.own.get(key) ?? Number.NEGATIVE_INFINITY;
    const isMine = claim.at - seen >= claim.holdMs * 1_000;
    if (isMine || claim.extend) put(this.own, key, claim.at);
    return isMine;
  }
}

/** As the newest entry; the oldest one is forgotten. */
function put(map: Map<string, Micros>, key: string, value: Micros): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MAX_KNOWN) map.delete(map.keys().next().value!);
}

function keyOf(rule: string, subject: string): string {
  return `${rule}\0${subject}`;
}
