import { HttpException, NotFoundException } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';
import { TraceCollectorError } from '../../model/errors.js';
import type { ErrorCode } from '../../model/errors.js';

/** Answers with Nest's own 404 for a path without a route, without headers of ours: nothing shows that `/debug` exists. */
export class HiddenException extends NotFoundException {
  constructor(method: string, url: string) {
    super(`Cannot ${method} ${url}`);
  }
}

/** The HTTP status of each error code. */
const STATUS_OF: Record<ErrorCode, number> = {
  TRACE_NOT_FOUND: 404,
  TRACE_AMBIGUOUS: 409,
  EVENT_NOT_FOUND: 404,
  CONTACT_NOT_FOUND: 404,
  NO_TRACES: 404,
  NO_ERRORS: 404,
  BAD_QUERY: 400,
  BAD_POSITION: 400,
  OPTION_INVALID: 500,
  ACCESS_DENIED: 401,
  CROSS_SITE: 403,
  DEBUG_DISABLED: 404,
  CATALOG_UNAVAILABLE: 503,
  DATA_NEWER: 503,
  DATA_UNREADABLE: 503,
  NO_DIRECTORY: 503,
  NOT_SUPPORTED: 501,
  DRIVER_MISSING: 503,
  STORE_UNAVAILABLE: 503,
  SCHEMA_OUTDATED: 503,
  SCHEMA_NEWER: 503,
};

export interface HttpErrorResponse {
  status: number;
  body: object;
  /** The client sees no detail of this error, so the caller logs it. */
  unexpected: boolean;
}

/**
 * The response to an error: Nest's shape with a `code`. An exception of the application's own guard stays unchanged. Any
 * other error is a 500 without details.
 */
export function errorAnswer(error: unknown): HttpErrorResponse {
  if (isCoded(error)) {
    const status = STATUS_OF[error.code] ?? 500;
    const { code, message, candidates } = error;
    const body = { statusCode: status, code, message, error: STATUS_CODES[status], ...(candidates && { candidates }) };
    return { status, body, unexpected: false };
  }
  if (error instanceof HttpException) {
    const response = error.getResponse();
    const status = error.getStatus();
    const body =
      typeof response === 'string' ? { statusCode: status, message: response, error: STATUS_CODES[status] } : response;
    return { status, body, unexpected: false };
  }
  return {
    status: 500,
    body: {
      statusCode: 500,
      code: 'INTERNAL',
      message: "The trace collector could not answer; the application's log has the error.",
      error: STATUS_CODES[500],
    },
    unexpected: true,
  };
}

/** By name too: a store from a second copy of the package throws that copy's class. */
function isCoded(error: unknown): error is TraceCollectorError {
  return (
    error instanceof TraceCollectorError ||
    (error instanceof Error && error.name === 'TraceCollectorError' && 'code' in error)
  );
}
