import { BUILT_IN_DIALECTS } from '../dialects/built-in.js';
import type { Attempt, Dialect, WebhookMessage, WebhookRequest } from '../dialects/dialect.js';
import { identify } from '../dialects/identify.js';

// All that `get-trace explain` imports of capture.
export type { Attempt, WebhookRequest } from '../dialects/dialect.js';
export { parsedJson, parsedText } from './body-text.js';
export { multipartFields } from './multipart-fields.js';

/** A dialect that was tried, in order. Dialects after the one that matched are not tried. */
export interface AskedDialect {
  dialect: string;
  matched: boolean;
  /** Why it does not match. */
  reason?: string;
  /** The envelope (SNS) whose content it was tried on. */
  inside?: string;
}

/** A message with all places that were read for its values. */
export interface ExplainedMessage extends WebhookMessage {
  attempts: Attempt[];
}

export interface Explanation {
  dialect: string | undefined;
  asked: AskedDialect[];
  messages: ExplainedMessage[];
  /** Number of the message that the trace shows: the first with a contact, else the first. */
  shown: number | undefined;
  placeholders: string[];
  /** Dialects that threw. */
  failures: { dialect: string; message: string }[];
}

/** The values that capture would take from a request, with reasons. Nothing is recorded. */
export function explain(request: WebhookRequest, dialects: readonly Dialect[] = BUILT_IN_DIALECTS): Explanation {
  const asked: AskedDialect[] = [];
  const attempts: Attempt[] = [];
  const failures: Explanation['failures'] = [];
  let inside: string | undefined;
  const { dialect, messages, placeholders } = identify(
    request,
    dialects,
    (name, error) => failures.push({ dialect: name, message: String((error as Error)?.message ?? error) }),
    {
      asked: (name, matched, reason) => asked.push({ dialect: name, matched, reason, inside }),
      opened: (name) => (inside = name),
      attempt: (attempt) => attempts.push(attempt),
    },
  );
  const withContact = messages.findIndex(({ contactId }) => contactId !== undefined);
  return {
    dialect,
    asked,
    messages: messages.map((message, i) => ({ ...message, attempts: attempts.filter((one) => one.message === i) })),
    shown: messages.length === 0 ? undefined : Math.max(0, withContact),
    placeholders: placeholders ?? [],
    failures,
  };
}
