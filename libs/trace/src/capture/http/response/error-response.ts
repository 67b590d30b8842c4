import type { ServerResponse } from 'node:http';
import { watchMethod, watchOwnEnd } from './response-methods.js';
import { beginning, knownState, type ResponseState, stateOf } from './response-state.js';

/** The beginning of the answer of a response of 400 or more, before compression. */
export function errorAnswerOf(response: ServerResponse): string | undefined {
  return knownState(response)?.errorAnswer;
}

/** Keeps the beginning of the first answer. Later ones are the compressed form of it. */
export function noteErrorAnswer(response: ServerResponse, payload: unknown): void {
  stateOf(response).noteErrorAnswer(payload);
}

/**
 * The body that the response was ended with, before compression; `undefined`: none, or it was written in parts. Returned
 * once, so that it does not live as long as the response.
 */
export function takeAnswer(response: ServerResponse): string | Uint8Array | undefined {
  const state = knownState(response);
  const answer = state?.answer;
  if (answer !== undefined) state!.answer = undefined;
  return answer;
}

/** The beginning of an answer as text. */
export function answerText(answer: string | Uint8Array | undefined): string | undefined {
  return beginning(answer);
}

/** Keeps the argument of the outermost call of `end`, however often something wraps `end` later. */
export function watchErrorAnswer(response: ServerResponse): ResponseState {
  const state = stateOf(response);
  if (watchMethod(response, 'end')) watchOwnEnd(response, state);
  return state;
}

/**
 * The message of the error in a response's body: Nest's `message` (a text, or several from a validation pipe), `error` as a
 * text or an object with a message, or the errors of GraphQL. `undefined`: the body is no JSON object, or has none.
 */
export function answerMessage(body: string | undefined): string | undefined {
  if (!body?.startsWith('{')) return undefined;
  try {
    const { message, error, errors } = JSON.parse(body) as Record<string, unknown>;
    return textsOf(message) ?? textsOf(error) ?? textsOf(errors);
  } catch {
    return undefined;
  }
}

function textsOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (Array.isArray(value)) return value.map(textsOf).filter(Boolean).join('; ') || undefined;
  return typeof value === 'object' && value !== null ? textsOf((value as { message?: unknown }).message) : undefined;
}
