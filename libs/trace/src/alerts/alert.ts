/** The names of the rules. */
export const ALERT_RULES = ['newError', 'errorRate', 'silent', 'slow', 'cost', 'lost', 'shipping'] as const;

/** Name of a rule. */
export type AlertRuleName = (typeof ALERT_RULES)[number];

/** How much of what was captured an alert contains. */
export type AlertContent = 'none' | 'message';

/** Captured texts of an alert. They come from outside: escape them wherever they are shown. */
export interface AlertCaptured {
  /** Message of the error. */
  message?: string;
  /** Traces that the alert is about, at most 5. An id begins with the contact. */
  trace_ids: string[];
}

/** What a channel gets: the body of a webhook, the argument of a function. */
export interface Alert {
  /** Unique. A channel that gets the same id again may ignore it. */
  id: string;
  /** The rule that found it; `test`: a test of the channels. */
  rule: AlertRuleName | 'test';
  /** Fingerprint of the error, name of the agent, or `null`. */
  subject: string | null;
  /** When it was raised: ISO 8601, UTC. */
  at: string;
  /** One line without captured text. */
  title: string;
  /** A sentence or two without captured text. */
  text: string;
  /** The numbers behind it, by name. */
  facts: Record<string, string | number>;
  /** Name of the instance that sends it. */
  instance: string;
  /** Name of the service. Absent: none. */
  service?: string;
  /** Address in the page; `null`: the option `alerts.url` is not set. */
  link: string | null;
  /** Captured texts. Absent with `content: 'none'`. */
  captured?: AlertCaptured;
}

/** An alert before it is known who sends it. `path` is its address below the page. */
export interface Finding {
  subject: string;
  /** Subject under which it is noted that it was sent. Default: `subject`. */
  claim?: string;
  title: string;
  text: string;
  facts: Alert['facts'];
  path: string;
  captured: AlertCaptured;
  /** Address of one trace, which has a contact's id in it. */
  tracePath?: string;
}

/** Subject of a rule that is about all traces. */
export const ALL = 'all';
