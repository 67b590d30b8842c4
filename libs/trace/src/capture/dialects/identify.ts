import type { Attempt, BuiltInDialect, Dialect, WebhookMessage, WebhookRequest } from './dialect.js';
import { candidates } from './dialect-index.js';
import { compact, idOf, letGo, messageOf, textOf } from './fields.js';
import { noticesOf } from './notices.js';
import { placeholdersIn } from './placeholders.js';
import { MAX_MESSAGES } from './sender.js';

export interface Identification {
  /** The first dialect that matched; `undefined` when none did. For an envelope: the dialect of its content. */
  dialect: string | undefined;
  /** Empty: the request concerns no contact. */
  messages: WebhookMessage[];
  /** Fields of the body that hold an unreplaced `{{placeholder}}`; absent: none. */
  placeholders?: string[];
}

/** Steps that `get-trace explain` shows beside the outcome. */
export interface IdentifyWatch {
  /** A dialect was asked. `matched: false` comes with the reason where the dialect has one. */
  asked?(dialect: string, matched: boolean, reason: string | undefined): void;
  attempt?(attempt: Attempt): void;
  /** The request is an envelope; the dialects are asked again about what is in it. */
  opened?(dialect: string): void;
}

/** Envelopes opened inside one another. */
const MAX_OPENED = 3;

/**
 * Asks the dialects in order; the first that matches answers. Dialects that cannot match (see `dialect-index.ts`) are
 * not asked. Never throws: a dialect that throws is skipped, and `onError` is called with its error.
 */
export function identify(
  request: WebhookRequest,
  dialects: readonly Dialect[],
  onError?: (dialect: string, error: unknown) => void,
  watch?: IdentifyWatch,
): Identification {
  const found = ask(request, dialects, onError, watch, 0);
  const placeholders = guarded(() => placeholdersIn(request.body, found.dialect, found.messages));
  letGo();
  return placeholders ? { ...found, placeholders } : found;
}

function ask(
  request: WebhookRequest,
  dialects: readonly Dialect[],
  onError: ((dialect: string, error: unknown) => void) | undefined,
  watch: IdentifyWatch | undefined,
  opened: number,
): Identification {
  // `explain` lists each dialect with its reason.
  for (const dialect of watch ? dialects : candidates(request, dialects)) {
    try {
      const matched = dialect.match(request);
      watch?.asked?.(dialect.name, matched, matched ? undefined : mismatchOf(dialect, request));
      if (!matched) continue;
      const inner = opened < MAX_OPENED ? (dialect as BuiltInDialect).unwrap?.(request) : undefined;
      if (inner) {
        watch?.opened?.(dialect.name);
        const found = ask(inner, dialects, onError, watch, opened + 1);
        if (found.messages.length > 0) return inEnvelope(found, dialect.name, messagesOf(dialect, request)[0]);
      }
      return { dialect: dialect.name, messages: messagesOf(dialect, request, watch) };
    } catch (error) {
      report(onError, dialect, error);
    }
  }
  return { dialect: undefined, messages: [] };
}

function messagesOf(dialect: Dialect, request: WebhookRequest, watch?: IdentifyWatch): WebhookMessage[] {
  const messages = watch?.attempt
    ? (dialect as BuiltInDialect).extract(request, (attempt) => watch.attempt!(attempt))
    : dialect.extract(request);
  return messages.slice(0, MAX_MESSAGES).map(checked);
}

/** A message that has no id of its own has the envelope's. */
function inEnvelope(found: Identification, envelope: string, outer: WebhookMessage | undefined): Identification {
  const named = found.dialect === undefined || found.dialect === 'generic' ? envelope : found.dialect;
  const [first, ...others] = found.messages;
  const messages = found.messages.length === 1 ? [{ messageId: outer?.messageId, ...first }] : [first!, ...others];
  return { dialect: named, messages: messages.map(compact) };
}

function mismatchOf(dialect: Dialect, request: WebhookRequest): string | undefined {
  return (dialect as BuiltInDialect).mismatch?.(request);
}

/** A user's dialect may return numbers in place of texts, or nothing in place of a message. */
function checked(message: WebhookMessage | undefined): WebhookMessage {
  const { contactId, message: text, messageId, type, direction, media, edited, notices, reason } = message ?? {};
  return messageOf({
    contactId: idOf(contactId),
    message: textOf(text),
    messageId: idOf(messageId),
    type: textOf(type),
    direction: direction === 'inbound' || direction === 'outbound' ? direction : undefined,
    media: textOf(media)?.slice(0, 64),
    edited: edited === true ? true : undefined,
    notices: noticesOf(notices),
    reason: typeof reason === 'object' && reason !== null ? reason : undefined,
  });
}

function guarded<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function report(
  onError: ((dialect: string, error: unknown) => void) | undefined,
  dialect: Dialect,
  error: unknown,
): void {
  try {
    onError?.(String(dialect.name), error);
  } catch {
    // A listener that throws must not break the request.
  }
}
