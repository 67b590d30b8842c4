import { types } from 'node:util';
import { BODY_FIELDS, responseOf } from './error-response-body.js';
import { reasonsIn } from './error-reasons.js';
import { errorMessage, isHttpException } from '../values/error-read.js';
import { ownData } from '../values/safe-read.js';

/** Fields of an error that the record has elsewhere, or that belong to the request: its configuration holds credentials. */
const LEFT_OUT = new Set(
  (
    'name message stack cause errors response config request req res options headers responseHeaders socket timings ' +
    'requestBodyValues requestBody url expose toJSON'
  ).split(' '),
);

/** Fields whose object or list says why: Prisma, Zod, PostgreSQL, Twilio, AWS, GraphQL, MongoDB. */
const NESTED = ['issues', 'meta', 'details', 'detail', 'extensions', 'errorResponse', 'errorInfo', 'validationErrors'];

const MAX_FIELDS = 20;

/**
 * What an error carries beside its message: its `code`, `errno`, `status` and other plain fields, the body that
 * `HttpException.getResponse()` returns, the status and body that an HTTP client received, and `reasons`: the lines among
 * these that a person reads first, with the client's status where the message does not have it. `undefined`: nothing. Reads
 * data properties only, of what is no proxy; the result holds the application's own values and must be redacted and bounded.
 */
export function errorDetail(error: object): Record<string, unknown> | undefined {
  const detail: Record<string, unknown> = {};
  const { status, body } = responseOf(error);
  addFields(detail, error);
  if (status !== undefined) detail['status'] = status;
  for (const key of NESTED) {
    const value = ownData(error, key);
    if (typeof value === 'object' && value !== null && !types.isProxy(value)) detail[key] = value;
  }
  if (body !== undefined) {
    // As a text it would be there twice, the second time with what only the names of its fields show to be secret.
    for (const key of BODY_FIELDS) delete detail[key];
    detail['response'] = body;
  }
  const message = textOf(errorMessage(error));
  const reasons = reasonsIn([body, ...NESTED.map((key) => detail[key])], message);
  if (status !== undefined && !new RegExp(String.raw`\b${status}\b`).test(message) && !isHttpException(error)) {
    reasons.unshift(`HTTP ${status}`);
  }
  if (reasons.length > 0) detail['reasons'] = reasons;
  return Object.keys(detail).length > 0 ? detail : undefined;
}

function addFields(detail: Record<string, unknown>, error: object): void {
  let fields = 0;
  for (const key of Object.keys(error)) {
    if (LEFT_OUT.has(key) || key.startsWith('_') || key.startsWith('$')) continue;
    const value = ownData(error, key);
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    if ((fields += 1) > MAX_FIELDS) return;
    detail[key] = value;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
