/** Where a call goes: enough to choose a dialect before the body is known. */
export interface OutgoingTarget {
  /** Upper case. */
  readonly method: string;
  /** Lower case, with the port where that is not the scheme's own. */
  readonly host: string;
  /** Without the query. */
  readonly path: string;
  /** Only `anthropic-version` and Ollama's `user-agent`, with lower-case names. Absent: the call has neither. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as a dialect reads it. */
export interface OutgoingRequest extends OutgoingTarget {
  /** Query of the URL, decoded. */
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: BodyCopy;
}

/** A response as a dialect reads it. */
export interface OutgoingResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: BodyCopy;
  /** `left`: the application did not read it to its end; `broken`: the connection broke. */
  readonly ended: 'whole' | 'left' | 'broken';
  /** Milliseconds from the start of the call to the byte of the decoded body at this offset; `undefined`: not measured. */
  timeAt(offset: number): number | undefined;
}

/** A copy of a body, decoded (gzip, br, deflate), bounded. */
export interface BodyCopy {
  /** Bytes of the whole body as they passed, before decoding. */
  readonly size: number;
  /** The first bytes, as text. */
  readonly text: string;
  /** The last bytes of a body that is longer than `text`; the empty text for one that is not. */
  readonly tail: string;
  /** Whether `text` is the whole body. */
  readonly whole: boolean;
  /** The JSON of `text`; `undefined`: it is none, or not whole. */
  json(): unknown;
  /** The fields of a form body; `undefined`: it is none. */
  form(): URLSearchParams | undefined;
}

/** What a dialect read from a request to a model. */
export interface ModelRequest {
  /** The span's name. Default: the model. */
  name?: string;
  model?: string;
  /** Recorded as the span's input: mostly a `ChatInput`. */
  input?: unknown;
}

/** What a dialect read from the response of a model. */
export interface ModelResponse {
  /** Recorded as the span's output: mostly a `ChatOutput`. */
  output?: unknown;
  model?: string;
  /** Token counts, under the provider's names. */
  usage?: unknown;
  /** The provider's word for why the model stopped. */
  finish?: string;
  /** Offset in the decoded body of the last byte of the first event with content, for the time to first token. */
  firstTokenAt?: number;
  /** The provider says that it failed, whatever the status. */
  failure?: ProviderFailure;
}

/** A message that a call sends to a person. */
export interface SentMessage {
  text?: string;
  /** `whatsapp`, `telegram`, `sms`, `email`, … */
  channel?: string;
  /** To whom. */
  to?: string;
  /** The provider's id of the message, by which a later failure notice finds the trace. */
  messageId?: string;
  /** It replaces the text of the message with this id, which was sent before. */
  edited?: true;
  /** The provider did not take it. Absent: it did. */
  failure?: ProviderFailure;
}

/** Why a provider refused a call. */
export interface ProviderFailure {
  code?: string;
  reason?: string;
}

/** Reads the calls to one kind of model API. */
export interface ModelDialect {
  readonly name: string;
  readonly type: 'llm';
  /** Value of `gen_ai.provider.name`. */
  provider(target: OutgoingTarget): string;
  match(target: OutgoingTarget): boolean;
  /** `undefined`: the call asks no model, although its target matched. It is recorded as `http`. */
  request(request: OutgoingRequest): ModelRequest | undefined;
  response(request: OutgoingRequest, response: OutgoingResponse): ModelResponse;
}

/** Reads the calls to one kind of messaging API. */
export interface MessagingDialect {
  readonly name: string;
  readonly type: 'message';
  match(target: OutgoingTarget): boolean;
  /** The messages of a call; none where it sends nothing to a person, such as a read receipt. */
  read(request: OutgoingRequest, response: OutgoingResponse): SentMessage[];
}

/**
 * Reads the calls to one kind of API. One that throws is counted, and the call is recorded as `http`.
 *
 * @example
 * const acme: OutgoingDialect = {
 *   name: 'acme',
 *   type: 'message',
 *   match: ({ host, path }) => host === 'api.acme.example' && path.endsWith('/send'),
 *   read: (request, response) => {
 *     const { to, text } = request.body.json() as { to: string; text: string };
 *     const { id, error } = (response.body.json() ?? {}) as { id?: string; error?: string };
 *     return [{ to, text, channel: 'sms', messageId: id, ...(error && { failure: { reason: error } }) }];
 *   },
 * };
 */
export type OutgoingDialect = ModelDialect | MessagingDialect;
