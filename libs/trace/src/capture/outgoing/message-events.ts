import type { TraceRef } from '../../context/recorder.js';
import { EVENT } from '../../model/vocabulary.js';
import type { CallFailure } from './call-failure.js';
import type { CallReader } from './call-reader.js';
import type { CallSite } from './call-site.js';
import type { OutgoingRequest, OutgoingResponse, SentMessage } from './outgoing-dialect.js';

/**
 * Records the messages of a call as `message_sent` or, where the provider did not take them, `message_failed`.
 * @returns the failure of the first message that has one
 */
export function recordMessages(
  reader: CallReader,
  span: TraceRef,
  { dialect }: CallSite,
  request: OutgoingRequest,
  response: OutgoingResponse,
  broken: CallFailure | undefined,
): CallFailure | undefined {
  if (dialect?.type !== 'message') return undefined;
  let first: CallFailure | undefined;
  for (const message of reader.messages(dialect, request, response)) {
    const failure = failureOf(message, response, broken);
    first ??= failure;
    const { text, channel, to, messageId, edited } = message;
    const base = { message: text, channel, ...(failure ? undefined : { message_id: messageId }), to };
    span.recorder.event(
      span,
      failure ? EVENT.failed : EVENT.sent,
      failure
        ? {
            ...base,
            provider: dialect.name,
            ...(response.status > 0 && { status: response.status }),
            code: failure.code,
            reason: failure.message,
            via: 'http',
          }
        : { ...base, provider: dialect.name, ...(edited && { edited }), via: 'http' },
    );
  }
  return first;
}

/**
 * The provider's own word, else the status. Where the connection broke before a response, no answer says that the message
 * was taken, and the application saw an error.
 */
function failureOf(
  { failure }: SentMessage,
  { status }: OutgoingResponse,
  broken: CallFailure | undefined,
): CallFailure | undefined {
  if (failure) return { code: failure.code ?? (status >= 400 ? String(status) : 'refused'), message: failure.reason };
  if (status >= 400) return { code: String(status) };
  return status === 0 ? broken : undefined;
}
