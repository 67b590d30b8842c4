/** A webhook request, reduced to what a dialect may look at. */
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

/** One message of a webhook, or one notice of another kind. What the sender did not say is left out. */
export interface WebhookMessage {
  contactId?: string;
  message?: string;
  messageId?: string;
  /** The sender's word for what happened, where it has one: `message`, `status`, `InboundMessage`, `push`. */
  type?: string;
  direction?: 'inbound' | 'outbound';
}

/** How one kind of sender writes its webhooks. */
export interface Dialect {
  readonly name: string;
  /** Whether the request is this sender's. May throw: then the dialect is skipped. */
  match(request: WebhookRequest): boolean;
  /** Its messages, in the sender's order. None is a valid answer: the request concerns no contact. */
  extract(request: WebhookRequest): WebhookMessage[];
}
