import type { Micros } from '../model/record.js';

/** One alert that is about to be sent, or an error that was seen. */
export interface AlertClaim {
  /** Id of the rule, with its options: two applications with the same rule have the same id. */
  rule: string;
  /** What the alert is about: a fingerprint, an agent, an instance, or `all`. */
  subject: string;
  at: Micros;
  /** Milliseconds for which the rule is quiet about this subject. */
  holdMs: number;
  /** Each claim within `holdMs` begins them again. Default: they begin with the alert. */
  extend?: boolean;
  /** What is sent if the claim succeeds. Left out: nothing is, the subject is only noted as seen. */
  alert?: { title: string; instance: string };
}

/** An alert that was sent. */
export interface SentAlert {
  rule: string;
  subject: string;
  at: Micros;
  title: string;
  instance: string;
}

/**
 * Which alerts were sent, for all processes that share a directory or a database. An alert is claimed before it is sent, so
 * that it is sent once at most.
 */
export interface SentAlerts {
  /** `true` for one of the processes that claim the same rule and subject within `holdMs`. */
  claim(claim: AlertClaim): Promise<boolean>;
  /** The last alerts, newest first. */
  list(limit: number): Promise<SentAlert[]>;
}
