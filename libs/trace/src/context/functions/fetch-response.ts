import { clearTimeout, setTimeout } from '../../model/timers.js';
import { followNewPromise } from '../follow/follow-promise.js';
import { interceptMethod } from '../follow/streams/intercept-method.js';
import { isAbort } from '../follow/streams/abort-error.js';
import { attachWebStream, isWebStream } from '../follow/streams/follow-web-stream.js';
import type { CallObserver } from '../recorder.js';
import { bytesOf } from './fetch-request.js';
import { ObservedBody } from './observed-body.js';
import type { BodySink, Tell } from './observed-body.js';

/**
 * Milliseconds after which a body counts as left when no reader begins. SDKs begin at once; without a limit
 * `(await fetch(url)).ok` keeps its trace open until the response is collected.
 */
const UNREAD_MS = 1_000;

/** Reports a response, and its body while the caller reads it. The response stays as it is. */
export function observeFetchResponse(response: unknown, observer: CallObserver, tell: Tell): void {
  const { status, headers, body, bodyUsed } = (response ?? {}) as Partial<Response>;
  observer.responded(typeof status === 'number' ? status : 0, headersOf(headers));
  if (bodyUsed === true || body === null) return observer.finished();
  const sink = new ResponseSink(observer, tell);
  const attached =
    typeof body === 'object' && isWebStream(body)
      ? attachWebStream(new ObservedBody(sink, tell, () => sink.begun()), body)
      : observeReaders(response, sink, tell);
  // A frozen object: its use cannot be followed.
  if (!attached) sink.end();
}

/** Reports a body to the observer. The first of `end`, `fail` and `leave` counts. */
class ResponseSink implements BodySink {
  private over = false;
  private readonly unread: ReturnType<typeof setTimeout>;

  constructor(
    private readonly observer: CallObserver,
    tell: Tell,
  ) {
    this.unread = setTimeout(() => tell(() => this.leave()), UNREAD_MS);
    this.unread.unref();
  }

  begun(): void {
    clearTimeout(this.unread);
  }

  part(chunk: unknown): void {
    const bytes = bytesOf(chunk);
    if (bytes === undefined || this.over) return;
    this.observer.received(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
  }

  end(): void {
    if (this.settle()) this.observer.finished();
  }

  fail(error: unknown): void {
    if (isAbort(error)) this.leave();
    else if (this.settle()) this.observer.failed(error);
  }

  leave(): void {
    if (this.settle()) this.observer.left();
  }

  private settle(): boolean {
    this.begun();
    if (this.over) return false;
    return (this.over = true);
  }
}

/** A response of another kind, such as a fake's `{ status, json() }`: what its methods answer is its body. */
function observeReaders(response: unknown, sink: ResponseSink, tell: Tell): boolean {
  if (typeof response !== 'object' || response === null) return false;
  let begun = false;
  const attached = Object.entries(READERS).map(([key, bytesIn]) =>
    interceptMethod(response, key, (original, args) => {
      // `json` may call `text`.
      if (begun) return original(args);
      begun = true;
      sink.begun();
      const succeed = (value: unknown): void =>
        tell(() => {
          sink.part(bytesIn(value));
          sink.end();
        });
      const fail = (error: unknown): void => tell(() => sink.fail(error));
      const result = original(args);
      if (result instanceof Promise) return followNewPromise(result, { succeed, fail });
      sink.end();
      return result;
    }),
  );
  return attached.some((restore) => restore !== undefined);
}

const READERS: Readonly<Record<string, (value: unknown) => unknown>> = {
  text: (value) => value,
  arrayBuffer: (value) => value,
  json: jsonOf,
};

function jsonOf(value: unknown): unknown {
  return value === undefined ? undefined : JSON.stringify(value);
}

/** Without those of the bytes on the wire: what the caller reads is decoded. */
function headersOf(headers: unknown): Record<string, string> {
  const { 'content-encoding': _encoding, 'content-length': _length, ...texts } = headerTexts(headers);
  return texts;
}

function headerTexts(headers: unknown): Record<string, string> {
  const texts: Record<string, string> = {};
  if (typeof (headers as Headers | undefined)?.forEach === 'function')
    (headers as Headers).forEach((value, name) => void (texts[name.toLowerCase()] = value));
  else if (typeof headers === 'object' && headers !== null) {
    for (const [name, value] of Object.entries(headers)) texts[name.toLowerCase()] = String(value);
  }
  return texts;
}
