import type { TracedRequest } from '../context/decorators/trace-webhook.decorator.js';
import type { Dialect } from './dialects/dialect.js';
import type { Limits, RedactOptions } from '../serialize/serializer.js';

/** The framework's own request, as a route matcher and `capture.contactId` receive it. */
export type CapturedRequest = TracedRequest;

/** A path prefix (`/hooks` also takes `/hooks/x`), a RegExp on the path, or a predicate on the request. */
export type RouteRule = string | RegExp | ((request: CapturedRequest) => boolean);

/** A class of errors and its subclasses. */
export type IgnoredErrorClass = abstract new (...args: never[]) => unknown;

/** An error class, the name of one, or a predicate. */
export type IgnoreErrorRule = IgnoredErrorClass | string | ((error: unknown) => boolean);

/** Capture's options, resolved: options with a default are required here. */
export interface CaptureOptions {
  /** Empty: any path with a segment that begins with `webhook`. */
  routes: RouteRule[];
  contactId?: (request: CapturedRequest) => string | undefined;
  message?: (request: CapturedRequest) => string | undefined;
  dialects: Dialect[];
  bodies: boolean;
  /** Name of the response header that carries the trace id; `false`: none. */
  responseHeader: string | false;
  /** Errors that are control flow, in addition to the built-in ones. */
  ignoreErrors: IgnoreErrorRule[];
  redact: RedactOptions;
  limits: Limits;
  lifecycle: LifecycleOptions;
  timeZone?: string;
}

export interface LifecycleOptions {
  /** Milliseconds without an event after which a trace with nothing open is over. */
  quietMs: number;
  /** Milliseconds after which a trace ends as `timeout` although work is open. */
  maxMs: number;
  /** Milliseconds within which a reply is due; `Infinity`: until the trace ends; `false`: a missing reply is no fault. */
  replyWithinMs: number | false;
}
