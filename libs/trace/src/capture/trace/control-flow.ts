import { isReportedError } from '../../context/reported-error.js';
import {
  errorCause,
  errorMessage,
  errorName,
  isError,
  isHttpException,
  hasKey,
  ownData,
} from '../../serialize/serializer.js';

/** Why an exception is no error; `undefined`: it is one. */
export type ControlFlow = (error: unknown) => string | undefined;

/** LangGraph's errors that have `is_bubble_up`, by the names that another tracer reports. */
const LANGGRAPH = new Set(['GraphBubbleUp', 'GraphDrained', 'GraphInterrupt', 'NodeInterrupt', 'ParentCommand']);

/** BullMQ compares these names itself. Its `UnrecoverableError` fails the job for good, so it is an error. */
const BULLMQ = new Set(['DelayedError', 'WaitingChildrenError', 'WaitingError']);
/** Clients of model APIs have a `RateLimitError` of their own, which is an error; BullMQ's has this message. */
const BULLMQ_RATE_LIMIT = 'bullmq:rateLimitExceeded';

/** Platform and `events`; axios; the SDKs of OpenAI and Anthropic; got and p-cancelable. */
const ABORTS = new Set(['AbortError', 'CanceledError', 'APIUserAbortError', 'CancelError']);

/**
 * Recognises exceptions that are control flow:
 *
 * - an `HttpException` with a status below 400
 * - LangGraph's (`GraphInterrupt`, `NodeInterrupt`, `ParentCommand`), which have `is_bubble_up`
 * - BullMQ's for a job that was moved to another state
 * - an abort that code asked for. A timeout is an error: `AbortSignal.timeout()` gives a `TimeoutError`, which Node and
 *   other libraries wrap in an `AbortError` as its cause.
 *
 * Reads data properties only; calls no code of the error.
 */
export function builtInControlFlow(error: unknown): string | undefined {
  if (!isError(error)) return undefined;
  const name = errorName(error);
  if (hasKey(error, 'is_bubble_up') || (LANGGRAPH.has(name) && isReportedError(error))) return 'LangGraph interrupt';
  if (BULLMQ.has(name) || errorMessage(error) === BULLMQ_RATE_LIMIT) return 'BullMQ moved the job';
  if (isAbort(error, name)) return timedOut(error) ? undefined : 'aborted by the application';
  const status = ownData(error, 'status');
  const answers = typeof status === 'number' && status >= 100 && status < 400;
  return answers && isHttpException(error) ? `HTTP status ${status}` : undefined;
}

function isAbort(error: object, name: string): boolean {
  return ABORTS.has(name) || ownData(error, 'code') === 'ABORT_ERR';
}

const MAX_CAUSES = 8;

function timedOut(error: object): boolean {
  let cause = errorCause(error);
  for (let depth = 0; depth < MAX_CAUSES && isError(cause); depth++) {
    if (errorName(cause) === 'TimeoutError') return true;
    cause = errorCause(cause);
  }
  return false;
}
