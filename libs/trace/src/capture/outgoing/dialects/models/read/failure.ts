import type { ChatOutput } from '../../../../../model/chat.js';
import { at, compact, field, fieldsOf, textAt, textOf, wordOf } from '../../../../../model/chat/values.js';
import type { ProviderFailure } from '../../../outgoing-dialect.js';

/** Characters kept of a reason. */
const MAX_REASON = 1_000;

/** What the body of a refusal says, in any provider's words. */
export type ErrorFields = NonNullable<ChatOutput['error']>;

/**
 * The error of a response: of its body with any status, and of the status alone where the body has none.
 *
 * @param headers Amazon puts the name of the error into `x-amzn-errortype`
 */
export function readError(
  body: unknown,
  status: number,
  headers: Readonly<Record<string, string>>,
): ErrorFields | undefined {
  const said = fieldsOf(Array.isArray(body) ? (body as unknown[])[0] : body);
  const error = field(said, 'error');
  const named = headers['x-amzn-errortype']?.split(/[:,]/, 1)[0];
  // `error: null` is a member of every successful response of OpenAI.
  const inside = errorOf(error) ?? (status >= 400 ? errorOf(said) : undefined);
  if (!inside && status < 400) return undefined;
  return compact<ErrorFields>({
    code: inside?.code,
    type: inside?.type ?? textOf(named),
    message: inside?.message,
    status: status >= 400 ? status : undefined,
  });
}

/** The error in a member or an event of a stream; `undefined`: there is none. */
export function errorOf(error: unknown): ErrorFields | undefined {
  const text = textOf(error);
  if (text !== undefined) return { message: text.slice(0, MAX_REASON) };
  if (!fieldsOf(error)) return undefined;
  const message =
    textAt(error, 'message', 'Message', 'detail', 'error') ??
    textOf(at(error, 'detail', 0, 'msg')) ??
    textAt(field(error, 'message'), 'detail', 'message');
  // Gemini's code repeats the HTTP status; its word is in `status`.
  const code = textAt(error, 'status') ?? wordOf(field(error, 'code'));
  const type = textAt(error, 'type', '__type')?.split('#').at(-1);
  if ((message ?? code ?? type) === undefined) return undefined;
  return compact<ErrorFields>({ code, type, message: message?.slice(0, MAX_REASON) });
}

/** The failure that the span and its attributes have. */
export function failureOf({ code, type, message, status }: ErrorFields): ProviderFailure {
  const word = code ?? type ?? (status === undefined ? undefined : String(status));
  return compact<ProviderFailure>({ code: word?.slice(0, 200), reason: message });
}
