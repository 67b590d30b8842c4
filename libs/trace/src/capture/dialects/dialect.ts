import type { NoticeFields } from '../../model/record.js';

/** A webhook request, reduced to the parts that a dialect may read. */
export interface WebhookRequest {
  method: string;
  /** Without the query. */
  path: string;
  /** Lower-case names, as Node gives them. */
  headers: Record<string, string | string[] | undefined>;
  query?: Record<string, unknown>;
  /** Parsed; `undefined` when there was none. */
  body: unknown;
}

/** One message of a webhook, or one notice of another kind. Values that the sender does not give are left out. */
export interface WebhookMessage {
  /** The person outside: who wrote, or to whom it was sent. Never an id of our own side. */
  contactId?: string;
  /** The text; `[voice note]` or `[image] caption` for a message that is more than text. */
  message?: string;
  messageId?: string;
  /** The sender's word for what happened, where it has one: `message`, `status`, `InboundMessage`, `push`. */
  type?: string;
  /** `outbound`: sent by our side, or a report about what our side sent. */
  direction?: 'inbound' | 'outbound';
  /** The kind of message: `text`, `voice`, `image`, `location`, `reaction`, `button`, … */
  media?: string;
  /** It replaces the text of an earlier message; `messageId` is that message's. */
  edited?: boolean;
  /** Failure notices about messages that were sent earlier. */
  notices?: NoticeFields[];
  /** Where each value was found, such as `{ contactId: 'data.key.remoteJid' }`; `get-trace explain` prints it. */
  reason?: Partial<Record<MessageField, string>>;
}

/** A value of a message whose place in the body can be named. */
export type MessageField = 'contactId' | 'message' | 'messageId' | 'type' | 'direction';

/** A place that was read for a value, and the outcome. */
export interface Attempt {
  /** Number of the message, from 0. */
  message: number;
  field: MessageField;
  path: string;
  found: 'taken' | 'nothing' | 'placeholder' | 'unusable';
}

/** Reads the webhooks of one kind of sender. */
export interface Dialect {
  readonly name: string;
  /** Whether the request is this sender's. May throw: then the dialect is skipped. */
  match(request: WebhookRequest): boolean;
  /** Its messages, in the sender's order. None is a valid answer: the request concerns no contact. */
  extract(request: WebhookRequest): WebhookMessage[];
}

/** A built-in dialect: explains itself and can be indexed. */
export interface BuiltInDialect extends Dialect {
  /** `attempt` is called for each place that is looked at. */
  extract(request: WebhookRequest, attempt?: (attempt: Attempt) => void): WebhookMessage[];
  /**
   * Keys of the body and headers (`header:name`) of which every request that matches has at least one; `match` is asked
   * only then. Absent: it is always asked.
   */
  readonly needs?: readonly string[];
  /** Why `match` answers `false`. */
  mismatch(request: WebhookRequest): string;
  /** The request that this one carries, such as the notification in an envelope of SNS; the dialects are asked about it. */
  unwrap?(request: WebhookRequest): WebhookRequest | undefined;
}
