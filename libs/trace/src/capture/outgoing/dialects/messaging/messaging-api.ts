import { letGo } from '../../../dialects/fields.js';
import type {
  MessagingDialect,
  OutgoingRequest,
  OutgoingResponse,
  OutgoingTarget,
  ProviderFailure,
  SentMessage,
} from '../../outgoing-dialect.js';
import { joined, requestFields, textAt } from './fields.js';

/** Messages of one call that are recorded one by one. */
const MAX_MESSAGES = 20;
/** Characters kept of the provider's reason. */
const MAX_REASON = 500;
/** Characters of an answer in plain text that is taken as the reason. */
const MAX_PLAIN_REASON = 200;

/** A request with its fields, in any format. */
export interface ReadRequest extends OutgoingTarget {
  /** Without the port. */
  readonly hostname: string;
  readonly query: URLSearchParams;
  readonly fields: unknown;
}

/** A message that a request asks to send. */
export type Sending = Pick<SentMessage, 'text' | 'channel' | 'to' | 'edited'>;

/** What an answer of 2xx says about the messages of its request. */
export interface Acceptance {
  /** Ids in the order of the messages. */
  ids?: readonly (string | undefined)[];
  /** The provider refused all of them, whatever the status. */
  failure?: ProviderFailure;
  /** Refusals of single messages, in their order. */
  failures?: readonly (ProviderFailure | undefined)[];
}

/** A messaging API as data: where its calls go, and how its requests and answers read. */
export interface MessagingApi {
  readonly name: string;
  /** Upper case. Default: `POST`. */
  readonly methods?: readonly string[];
  /** Host without the port. Left out: the path says enough, as for an API that people host themselves. */
  readonly host?: RegExp;
  readonly path: RegExp;
  /** The messages of a request; none where it sends nothing to a person. */
  sent(request: ReadRequest): Sending | readonly Sending[] | undefined;
  /** Reads an answer of 2xx; `undefined`: it does not say whether the messages were taken. */
  accepted(answer: unknown, response: OutgoingResponse, request: ReadRequest): Acceptance | undefined;
  /** Paths of the code and the reason in an answer that refuses. */
  readonly code: readonly string[];
  readonly reason: readonly string[];
  /** Reads the refusal where paths are not enough. */
  refused?(answer: unknown): ProviderFailure;
}

/** A dialect for an API. */
export function messagingApi(api: MessagingApi): MessagingDialect {
  const methods = api.methods ?? ['POST'];
  return {
    name: api.name,
    type: 'message',
    match: ({ method, host, path }) =>
      methods.includes(method) && (api.host === undefined || api.host.test(hostname(host))) && api.path.test(path),
    read(request, response) {
      try {
        return read(api, request, response);
      } finally {
        letGo();
      }
    },
  };
}

/**
 * No message where the answer does not say whether it was taken: a redirect, a body that was not read. Where the connection
 * broke before any answer, the call adds why.
 */
function read(api: MessagingApi, request: OutgoingRequest, response: OutgoingResponse): SentMessage[] {
  const { status } = response;
  const took = status >= 200 && status < 300;
  const broken = status === 0 && response.ended === 'broken';
  if (!took && !broken && !(status >= 400)) return [];
  const { method, host, path, query } = request;
  const asked = { method, host, path, query, hostname: hostname(host), fields: requestFields(request) };
  const given = api.sent(asked) ?? [];
  const all: readonly Sending[] = Array.isArray(given) ? given : [given as Sending];
  if (all.length === 0) return [];
  if (broken) return all.slice(0, MAX_MESSAGES);
  const answer = response.body.json();
  const says = took ? api.accepted(answer, response, asked) : { failure: refusal(api, answer, response) };
  if (says === undefined) return [];
  return all.slice(0, MAX_MESSAGES).map((message, index) => {
    const failure = says.failure ?? says.failures?.[index];
    const messageId = failure === undefined ? says.ids?.[index] : undefined;
    return {
      ...message,
      ...(messageId !== undefined && { messageId }),
      ...(failure !== undefined && { failure: { ...failure, reason: failure.reason?.slice(0, MAX_REASON) } }),
    };
  });
}

/** The refusal in an answer, by the paths of its API. */
export function failureIn(api: Pick<MessagingApi, 'code' | 'reason'>, answer: unknown): ProviderFailure {
  return { code: textAt(answer, ...api.code), reason: reasonAt(answer, api.reason) };
}

function refusal(api: MessagingApi, answer: unknown, { body }: OutgoingResponse): ProviderFailure {
  if (answer !== undefined) return api.refused?.(answer) ?? failureIn(api, answer);
  const text = body.whole && body.text.length <= MAX_PLAIN_REASON ? body.text.trim() : '';
  // A gateway's page of HTML is no reason.
  return text === '' || text.startsWith('<') ? {} : { reason: text };
}

/** Several reasons at one path are joined, as Nest's own validation has them. */
function reasonAt(answer: unknown, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const text = textAt(answer, path) ?? joined(reasons(answer, path), '; ');
    if (text !== undefined) return text;
  }
  return undefined;
}

function reasons(answer: unknown, path: string): (string | undefined)[] {
  return [0, 1, 2].map((index) => textAt(answer, `${path}.${index}`));
}

function hostname(host: string): string {
  return host.replace(/:\d+$/, '');
}
