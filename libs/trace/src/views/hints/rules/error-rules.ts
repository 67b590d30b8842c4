import { EVENT } from '../../../model/vocabulary.js';
import type { AssembledError, AssembledTrace } from '../../trace/assemble.js';
import { countOf } from '../../text/durations.js';
import { causeSuffix, reasonsSuffix } from '../../events/error-reasons.js';
import { clip, oneLine } from '../../text/visible-text.js';
import { becameResponse, fateWords } from './error-fate.js';
import { records } from './hint-rule.js';
import type { HintRuleDefinition, HintScene } from './hint-rule.js';
import { hasPoint } from './recorded.js';

/** Origins of errors that are listed; further errors are counted. */
const MAX_LISTED = 5;
const MESSAGE_CHARACTERS = 200;
/** Type of the error that capture records for a failed response without another error. Its message is the status and the reason. */
const STATUS_ERROR = 'HttpStatusError';

/** Types of errors that applications throw to answer with a status of 4xx. */
const REFUSING_TYPE = /Exception$|^GraphQLError$/;

/** Errors that reached the process. */
const LAST_RESORT: readonly string[] = [EVENT.unhandledRejection, EVENT.uncaughtException];

const anError = records('error', 'the `error` records');
const lastResort = records('event', 'the `unhandled_rejection` or `uncaught_exception` event', ({ type }) =>
  LAST_RESORT.includes(type),
);
const refusal = records('response', 'the `response` with a status from 400 to 499', ({ status }) => isRefusal(status));
const serverError = records('response', 'the `response` with a status of 500 or more', ({ status }) => status >= 500);
const errorEnd = records('end', 'the `end` with status `error`', ({ status }) => status === 'error');

/** Rules about errors: which, where, and what happened to them. */
export const ERROR_RULES: readonly HintRuleDefinition[] = [
  { name: 'error', provedBy: [anError], hint: ({ trace }) => errorHints(trace) },
  { name: 'uncaught', provedBy: [lastResort], hint: uncaught },
  { name: 'refused', provedBy: [refusal], hint: refused },
  { name: 'failed_response', provedBy: [serverError], hint: failedResponse },
  { name: 'unexplained_error', provedBy: [errorEnd], hint: unexplained },
];

/** Proved by: the `error` records, one line per origin. The error that refused the webhook is in the hint `refused` instead. */
function errorHints(trace: AssembledTrace): string[] {
  const refusing = refusalError(trace);
  const origins = new Map<string, AssembledError[]>();
  for (const error of trace.errors) {
    if (refusing && isSameOrigin(refusing, error)) continue;
    const { fingerprint, location } = error.dto;
    const key = `${fingerprint}\n${location}`;
    const known = origins.get(key);
    if (known) known.push(error);
    else origins.set(key, [error]);
  }
  const shown = [...origins.values()].slice(0, MAX_LISTED).map((errors) => errorLine(errors, trace));
  const rest = [...origins.values()].slice(MAX_LISTED).reduce((sum, errors) => sum + errors.length, 0);
  return rest === 0 ? shown : [...shown, `❌ And ${countOf(rest, 'more error', 'more errors')}`];
}

function errorLine(errors: AssembledError[], trace: AssembledTrace): string {
  const [first] = errors as [AssembledError];
  const { type, location, guard } = first.dto;
  const times = errors.length === 1 ? '' : `${errors.length} times `;
  const by = guard === undefined ? '' : ` by ${guard}`;
  return `❌ ${times}${type} in ${location}${by}: ${messageWords(first)}${fateWords(first, trace)}`;
}

/** Message, reasons and cause. @param said the rest of the line; reasons in it are left out */
function messageWords({ dto: { message, detail, cause } }: AssembledError, said = ''): string {
  const reasons = reasonsSuffix(`${message} ${said}`, detail);
  return clip(oneLine(message), MESSAGE_CHARACTERS) + reasons + causeSuffix(cause, `${message}${reasons}`);
}

/** Proved by: the `unhandled_rejection` or `uncaught_exception` event. */
function uncaught({ trace }: HintScene): string | undefined {
  if (hasPoint(trace, EVENT.unhandledRejection)) return '💣 A rejection that nothing handled reached the process';
  return hasPoint(trace, EVENT.uncaughtException)
    ? '💣 An exception that nothing caught reached the process'
    : undefined;
}

/**
 * Proved by: the `response` with a status from 400 to 499. The guard and the reason come from the error that became this
 * response, where one did.
 */
function refused({ trace }: HintScene): string | undefined {
  const { response } = trace;
  if (!response || response.aborted || !isRefusal(response.status)) return undefined;
  const error = refusalError(trace);
  const guard = error?.dto.guard;
  const by = guard === undefined ? '' : ` by ${guard}`;
  const refusedWith = `🚫 Refused: HTTP ${response.status}`;
  if (!error) return refusedWith;
  const reason = messageWords(error, refusedWith);
  const status = `${response.status} `;
  return `${refusedWith}${by}: ${reason.startsWith(status) ? reason.slice(status.length) : reason}`;
}

/** Proved by: the `response` with a status of 500 or more, and no `error` record. */
function failedResponse({ trace: { response, errors } }: HintScene): string | undefined {
  if (!response || response.status < 500 || errors.length > 0) return undefined;
  return `❌ The webhook was answered with HTTP ${response.status}, and no error was recorded`;
}

/** Proved by: the `end` with status `error`, no `error` record, and no response of 400 or more. */
function unexplained({ trace }: HintScene): string | undefined {
  const { status, statusCode } = trace.head;
  if (status !== 'error' || trace.errors.length > 0 || (statusCode ?? 0) >= 400) return undefined;
  return '❌ Ended as an error, but no error was recorded';
}

/**
 * The error that refused the webhook: a guard's, or an exception that was thrown to become the response. A `TypeError` that
 * a filter turned into a 400 is not one, because its own hint explains more.
 */
function refusalError(trace: AssembledTrace): AssembledError | undefined {
  const { response } = trace;
  if (!response || response.aborted || !isRefusal(response.status)) return undefined;
  return (
    trace.errors.find(({ dto }) => dto.guard !== undefined) ??
    trace.errors.find(({ dto }) => dto.type === STATUS_ERROR) ??
    trace.errors.find((error) => becameResponse(error, trace) && REFUSING_TYPE.test(error.dto.type))
  );
}

function isSameOrigin({ dto: a }: AssembledError, { dto: b }: AssembledError): boolean {
  return a.fingerprint === b.fingerprint && a.location === b.location;
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500;
}
