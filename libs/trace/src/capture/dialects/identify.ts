import type { Dialect, WebhookMessage, WebhookRequest } from './dialect.js';
import { compact, idOf, textOf } from './fields.js';

export interface Identification {
  /** The first dialect that matched; `undefined` when none did. */
  dialect: string | undefined;
  /** Empty: the request concerns nobody. */
  messages: WebhookMessage[];
}

/** More messages in one request than any sender puts there. */
const MAX_MESSAGES = 100;

/**
 * Asks the dialects in order; the first that matches answers. Never throws: a dialect that does is skipped and told
 * through `onError`.
 */
export function identify(
  request: WebhookRequest,
  dialects: readonly Dialect[],
  onError?: (dialect: string, error: unknown) => void,
): Identification {
  for (const dialect of dialects) {
    try {
      if (!dialect.match(request)) continue;
      const messages = dialect.extract(request);
      return { dialect: dialect.name, messages: messages.slice(0, MAX_MESSAGES).map(checked) };
    } catch (error) {
      tell(onError, dialect, error);
    }
  }
  return { dialect: undefined, messages: [] };
}

/** A dialect of the user's own may answer numbers where texts belong, or nothing where a message does. */
function checked(message: WebhookMessage | undefined): WebhookMessage {
  const { contactId, message: text, messageId, type, direction } = message ?? {};
  return compact({
    contactId: idOf(contactId),
    message: textOf(text),
    messageId: idOf(messageId),
    type: textOf(type),
    direction: direction === 'inbound' || direction === 'outbound' ? direction : undefined,
  });
}

function tell(
  onError: ((dialect: string, error: unknown) => void) | undefined,
  dialect: Dialect,
  error: unknown,
): void {
  try {
    onError?.(String(dialect.name), error);
  } catch {
    // Whoever listens must not break the request either.
  }
}
