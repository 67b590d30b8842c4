import { isPlainObject } from '../../model/objects.js';
import { TraceCollectorError } from '../../model/errors.js';
import { TRACE_STATUSES } from '../../model/status.js';
import type { ExportResponse, FullTraceResponse, LastErrorResponse } from '../../contract/responses.js';

/** A trace from a file, as the response that was written to it. */
export type ImportedTrace =
  | { kind: 'export'; answer: ExportResponse }
  | { kind: 'trace'; answer: FullTraceResponse }
  | { kind: 'error'; answer: LastErrorResponse };

/** Latest version of the `--json` envelope that can be read. */
const SCHEMA = 1;

type Fields = Record<string, unknown>;

/**
 * Recognises an export, a full trace or a last error in parsed JSON, and checks the types of all keys that views read. The
 * value stays as it is, so an import is exported byte for byte.
 *
 * Throws `DATA_UNREADABLE` with the key that is wrong, `DATA_NEWER` for an envelope of a later version.
 */
export function importTrace(value: unknown): ImportedTrace {
  const given = withoutEnvelope(value);
  checkExport(given);
  if (given['events'] === undefined && given['started_at'] === undefined) {
    return { kind: 'export', answer: given as unknown as ExportResponse };
  }
  checkFullTrace(given);
  if (given['error_summary'] === undefined) return { kind: 'trace', answer: given as unknown as FullTraceResponse };
  check(typeof given['export_command'] === 'string', 'export_command', 'a text');
  check(isPlainObject(given['error_summary']), 'error_summary', 'an object');
  return { kind: 'error', answer: given as unknown as LastErrorResponse };
}

function withoutEnvelope(value: unknown): Fields {
  if (!isPlainObject(value)) throw unreadable('it is no JSON object');
  if (typeof value['schema'] !== 'number' || value['trace_id'] === undefined) return value;
  if (value['schema'] > SCHEMA) {
    throw new TraceCollectorError(
      'DATA_NEWER',
      `It has schema ${value['schema']}; this version reads ${SCHEMA}. Update nestjs-trace-collector.`,
    );
  }
  const { schema: _schema, kind: _kind, ...answer } = value;
  return answer;
}

function checkExport(given: Fields): void {
  const { status } = given;
  for (const key of ['trace_id', 'contact_id']) check(typeof given[key] === 'string', key, 'a text');
  check(isNumber(given['duration_ms']), 'duration_ms', 'a number');
  check(
    TRACE_STATUSES.some((known) => known === status),
    'status',
    `one of ${TRACE_STATUSES.join(', ')}`,
  );
  check(given['instance'] === undefined || typeof given['instance'] === 'string', 'instance', 'a text');
  check(isTextOrNull(given['webhook_message']), 'webhook_message', 'a text or null');
  for (const key of ['timeline', 'debug_hints']) check(isTexts(given[key]), key, 'a list of texts');
  check(isPlainObject(given['summary']), 'summary', 'an object');
  const { routing_path } = given['summary'] as Fields;
  check(routing_path === undefined || isTexts(routing_path), 'summary.routing_path', 'a list of texts');
  eachOf(given['links'] ?? [], 'links', checkLink);
  if (given['errors'] === undefined) return;
  eachOf(given['errors'], 'errors', (error, at) => {
    for (const key of ['timestamp', 'location', 'type', 'message', 'fingerprint']) {
      check(typeof error[key] === 'string', `${at}.${key}`, 'a text');
    }
    check(isTextOrNull(error['stack']), `${at}.stack`, 'a text or null');
    for (const key of ['cause', 'context']) check(error[key] !== undefined, `${at}.${key}`, 'anything, or null');
  });
}

function checkLink(link: Fields, at: string): void {
  for (const key of ['trace_id', 'started_at']) check(typeof link[key] === 'string', `${at}.${key}`, 'a text');
  check(
    ['continues', 'continued_by'].includes(link['relation'] as string),
    `${at}.relation`,
    'continues or continued_by',
  );
  check(
    TRACE_STATUSES.some((known) => known === link['status']),
    `${at}.status`,
    `one of ${TRACE_STATUSES.join(', ')}`,
  );
  check(isNumber(link['duration_ms']), `${at}.duration_ms`, 'a number');
  check(link['attempt'] === undefined || isNumber(link['attempt']), `${at}.attempt`, 'a number');
}

function checkCaller(caller: unknown): void {
  if (!isPlainObject(caller)) throw bad('caller', 'an object');
  check(isTextOrNull(caller['span_id']), 'caller.span_id', 'a text or null');
  check(typeof caller['sampled'] === 'boolean', 'caller.sampled', 'true or false');
  for (const key of ['tracestate', 'baggage'])
    check(caller[key] === undefined || typeof caller[key] === 'string', `caller.${key}`, 'a text');
}

function checkFullTrace(given: Fields): void {
  for (const key of ['started_at', 'traceparent']) check(typeof given[key] === 'string', key, 'a text');
  check(isTextOrNull(given['ended_at']), 'ended_at', 'a text or null');
  if (given['caller'] !== undefined) checkCaller(given['caller']);
  const { webhook } = given;
  if (!isPlainObject(webhook)) throw bad('webhook', 'an object');
  for (const key of ['method', 'path', 'type', 'direction', 'handler', 'duplicate_of']) {
    check(isTextOrNull(webhook[key] ?? null), `webhook.${key}`, 'a text or null');
  }
  check(webhook['route'] === undefined || typeof webhook['route'] === 'string', 'webhook.route', 'a text');
  for (const key of ['status_code', 'acknowledged_ms']) {
    check(isNumberOrNull(webhook[key] ?? null), `webhook.${key}`, 'a number or null');
  }
  check(Array.isArray(given['errors']), 'errors', 'a list');
  eachOf(given['source_lines'] ?? [], 'source_lines', (source, at) => {
    for (const key of ['frame', 'file', 'code']) check(typeof source[key] === 'string', `${at}.${key}`, 'a text');
    for (const key of ['line', 'column']) check(isNumber(source[key]), `${at}.${key}`, 'a number');
  });
  eachOf(given['events'], 'events', (event, at) => {
    check(isNumber(event['seq']), `${at}.seq`, 'a number');
    for (const key of ['timestamp', 'type']) check(typeof event[key] === 'string', `${at}.${key}`, 'a text');
    for (const key of ['name', 'span_id', 'parent_span_id']) {
      check(isTextOrNull(event[key]), `${at}.${key}`, 'a text or null');
    }
    check(isNumberOrNull(event['duration_ms']), `${at}.duration_ms`, 'a number or null');
    check(event['data'] !== undefined, `${at}.data`, 'anything, or null');
  });
}

function eachOf(list: unknown, key: string, visit: (item: Fields, at: string) => void): void {
  if (!Array.isArray(list)) throw bad(key, 'a list');
  for (const [index, item] of list.entries()) {
    if (!isPlainObject(item)) throw bad(`${key}[${index}]`, 'an object');
    visit(item, `${key}[${index}]`);
  }
}

function check(holds: boolean, key: string, what: string): void {
  if (!holds) throw bad(key, what);
}

function bad(key: string, what: string): TraceCollectorError {
  return unreadable(`"${key}" must be ${what}`);
}

function unreadable(why: string): TraceCollectorError {
  return new TraceCollectorError(
    'DATA_UNREADABLE',
    `This is no trace: ${why}. Give what nestjs-trace-collector printed with --export, --raw, --pretty or --json, or an export of the debug routes.`,
  );
}

const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const isNumberOrNull = (value: unknown): boolean => value === null || isNumber(value);
const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string';
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');
