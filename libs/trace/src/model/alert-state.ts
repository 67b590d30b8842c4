/** State of one channel of alerts, with its counts since the start. */
export interface AlertChannelState {
  name: string;
  kind: 'slack' | 'webhook' | 'custom';
  /** Host for people; a path may be a secret. `null`: a function. */
  target: string | null;
  sent: number;
  /** Alerts that three tries could not send. */
  failed: number;
  /** Alerts that found the queue full, or waited when the application ended. */
  dropped: number;
  waiting: number;
  /** Why the last try failed; `null`: it did not. */
  failing: string | null;
  /** When it sent the last one: milliseconds since 1970. */
  sentAt: number | null;
}

/** Result of a test of one channel. */
export interface AlertChannelTest extends Pick<AlertChannelState, 'kind' | 'target'> {
  channel: string;
  /** `null`: it was sent. */
  error: string | null;
  durationMs: number;
}
