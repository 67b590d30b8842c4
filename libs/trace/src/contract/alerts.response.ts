/** A rule of the option `alerts.rules`. */
export interface AlertRuleDto {
  /** The rule with its options, in all processes the same. */
  id: string;
  /** Name of the rule: `newError`, `errorRate`, … */
  rule: string;
  /** Its options, with their defaults. */
  options: Record<string, string | number | boolean>;
  /** When it sent the last alert of the listed ones: ISO 8601, UTC; `null`: it did not. */
  last_sent_at: string | null;
}

/** A channel of the option `alerts.channels`, with its counts since the start of the process. */
export interface AlertChannelDto {
  /** Its name. */
  channel: string;
  /** `slack`, `webhook` or `custom`. */
  kind: string;
  /** Host that it sends to; `null`: a function. Addresses are not shown: their paths may be secrets. */
  target: string | null;
  /** Number of alerts that were sent. */
  sent: number;
  /** Number of alerts that were given up after three tries. */
  failed: number;
  /** Number of alerts that were not tried, because too many waited. */
  dropped: number;
  /** Number of alerts that wait now. */
  waiting: number;
  /** Why the last try failed; `null`: it did not. */
  failing: string | null;
  /** When it sent the last one: ISO 8601, UTC; `null`: it sent none. */
  last_sent_at: string | null;
}

/** An alert that was sent. */
export interface SentAlertDto {
  /** When: ISO 8601, UTC. */
  at: string;
  /** Id of the rule. */
  rule: string;
  /** Fingerprint, agent, instance, or `all`. */
  subject: string;
  /** Its first line, without captured text. */
  title: string;
  /** Name of the instance that sent it. */
  instance: string;
}

/** Rules, channels and the last alerts of an application. */
export interface AlertsResponse {
  /** `false`: the application has no option `alerts`. */
  enabled: boolean;
  /** The rules. */
  rules: AlertRuleDto[];
  /** The channels. */
  channels: AlertChannelDto[];
  /** The last alerts of all processes that share the directory or the database, newest first, at most 20. */
  sent: SentAlertDto[];
  /** Whether alerts contain captured text. Absent: there are none. */
  content?: 'none' | 'message';
  /** Milliseconds in which a rule sends no second alert about the same subject. Absent: there are none. */
  quiet_ms?: number;
  /** Address of the page in alerts; `null`: they have no link. Absent: there are none. */
  url?: string | null;
}

/** What became of a test. */
export interface AlertTestDto {
  /** Name of the channel. */
  channel: string;
  /** `slack`, `webhook` or `custom`. */
  kind: string;
  /** Host that it sends to; `null`: a function. */
  target: string | null;
  /** The channel took the test. */
  ok: boolean;
  /** Why not; `null`: it did. */
  error: string | null;
  /** Milliseconds that it took. */
  duration_ms: number;
}

/** Result of a test of every channel. */
export interface AlertTestResponse {
  /** One per channel. */
  results: AlertTestDto[];
}
