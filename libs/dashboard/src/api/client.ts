import { signal } from '../state/signal.js';
import type { Asked } from '../../../trace/src/contract/parameters.js';
import type { Degradable } from '../../../trace/src/contract/responses.js';
import type { Question } from '../../../trace/src/contract/question.js';
import { QUESTIONS } from '../../../trace/src/contract/questions.js';
import type { AnswerTo, QuestionName } from '../../../trace/src/contract/questions.js';
import { requestOf } from '../../../trace/src/contract/request-of.js';

/** In a variable: the bundler would bundle a literal inside `new URL` as a file. */
const script: string = import.meta.url;

/** URL of the routes behind any prefix or proxy: the script is in `assets/` below it. */
export const ROOT = new URL('../', script);

/** The server's message when it needs a token; the page then shows the sign-in form. */
export const denied = signal<string | undefined>(undefined);

/** The server's sentence while the shared store does not answer: traces of other instances are missing. */
export const degraded = signal<string | undefined>(undefined);

/** Questions whose answers say when traces of other instances are missing. */
const OVER_ALL: readonly QuestionName[] = [
  'traces',
  'active',
  'stats',
  'insights',
  'errorGroups',
  'conversation',
  'instances',
];

export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
  ) {
    super(message);
  }
}

/** Whether a question failed with this code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** The parameters of a question. */
export type Asking<Name extends QuestionName> = Asked<(typeof QUESTIONS)[Name]['parameters']>;

/** The URL of a question. Throws `TRACE_NOT_FOUND` for a text that is no trace id. */
export function urlOf<Name extends QuestionName>(name: Name, asked: Asking<Name>): string {
  return new URL(requestOf(QUESTIONS[name] as unknown as Question, asked).target, ROOT).href;
}

interface TextReply {
  status: number;
  ok: boolean;
  text: string;
}

/** Requests sent before the page was drawn, by URL. */
const ahead = new Map<string, Promise<TextReply>>();

/** Asks a question before the page is drawn. The first `ask` of the same question then returns this answer. */
export async function askAhead<Name extends QuestionName>(name: Name, asked: Asking<Name>): Promise<void> {
  const url = urlOf(name, asked);
  const reply = send(url, 'GET');
  ahead.set(url, reply);
  // `ask` reports the failure.
  await reply.catch(() => undefined);
}

/** The answer of a question. Throws `ApiError`; its status is 0 where the application does not answer. */
export async function ask<Name extends QuestionName>(
  name: Name,
  asked: Asking<Name>,
  abort?: AbortSignal,
): Promise<AnswerTo<Name>> {
  const answer = JSON.parse(await askText(name, asked, abort)) as AnswerTo<Name>;
  if (OVER_ALL.includes(name)) degraded.value = (answer as Degradable).degraded;
  return answer;
}

/** The same as text: an export may be Markdown. */
export async function askText<Name extends QuestionName>(
  name: Name,
  asked: Asking<Name>,
  abort?: AbortSignal,
): Promise<string> {
  const url = urlOf(name, asked);
  const early = ahead.get(url);
  ahead.delete(url);
  const reply = await (early ?? send(url, QUESTIONS[name].method, abort));
  abort?.throwIfAborted();
  return textOf(reply);
}

function textOf({ ok, status, text }: TextReply): string {
  if (ok) {
    if (denied.peek() !== undefined) denied.value = undefined;
    return text;
  }
  const { message, code } = errorIn(text);
  const error = new ApiError(message ?? `The server answered ${status}.`, status, code ?? '');
  if (status === 401) denied.value = error.message;
  throw error;
}

async function send(url: string, method: string, abort?: AbortSignal): Promise<TextReply> {
  try {
    const response = await fetch(url, { method, signal: abort, credentials: 'same-origin' });
    return { status: response.status, ok: response.ok, text: await response.text() };
  } catch (error) {
    if (abort?.aborted) throw error;
    throw new ApiError('The application does not answer.', 0, 'UNREACHABLE');
  }
}

function errorIn(text: string): { message?: string; code?: string } {
  try {
    const { message, code } = JSON.parse(text) as Record<string, unknown>;
    return {
      message: typeof message === 'string' ? message : undefined,
      code: typeof code === 'string' ? code : undefined,
    };
  } catch {
    return {};
  }
}
