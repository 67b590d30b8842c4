import type { IncomingMessage, ServerResponse } from 'node:http';
import { BodyParts } from './body-parts.js';
import { addHeader, type HeadArguments, type HeaderAdder } from './response-header.js';
import type { ResponseListener } from './response-listener.js';
import { type Method, type ResponseWatcher, setWatcher, watcherOf } from './response-methods.js';

/** Characters read of an error answer: enough for Nest's own shape. */
const MAX_ANSWER = 4_096;

/** What this copy of the package has seen of a response. All fields are set at once, so that all states have one layout. */
export class ResponseState implements ResponseWatcher {
  readonly inner: ResponseWatcher | undefined;
  end: unknown;
  endOf: object | undefined;
  /** What the first `writeHead` was called with. */
  head: HeadArguments | undefined = undefined;
  /** The status that was sent. */
  sent: number | undefined = undefined;
  /** Argument of the outermost call of `end`. */
  answer: string | Uint8Array | undefined = undefined;
  /** The beginning of the answer of a response of 400 or more. */
  errorAnswer: string | undefined = undefined;
  /** What was written in parts, where that is looked at. */
  parts: BodyParts | undefined = undefined;
  /** `parts` are noted at the prototype. */
  notesWrites = false;
  /** One for each application that watches: an application may be mounted in another. */
  readonly listeners: ResponseListener[] = [];
  /** The request, if the end of the response is listened for. */
  request: IncomingMessage | undefined = undefined;
  /** The end was reported. */
  over = false;
  private headersSeen = false;

  constructor(inner: ResponseWatcher | undefined) {
    this.inner = inner;
    this.end = inner?.end;
    this.endOf = inner?.endOf;
  }

  writeHead(response: ServerResponse, args: HeadArguments, writeHead: Method): unknown {
    const given = this.announce(response, args, addHeader);
    const { inner } = this;
    const result = inner ? inner.writeHead(response, given, writeHead) : writeHead.apply(response, [...given]);
    this.sent ??= response.statusCode;
    return result;
  }

  /** The headers go out now: returns the arguments of `writeHead`, with the headers to add. */
  announce(response: ServerResponse, args: HeadArguments, add: HeaderAdder): HeadArguments {
    if (this.headersSeen) return args;
    this.headersSeen = true;
    this.head = args;
    let given = args;
    // The application inside, which watched last, is the first to name its trace.
    for (let i = this.listeners.length - 1; i >= 0; i -= 1) {
      const header = this.listeners[i]!.onHeaders();
      if (header) given = add(response, given, header);
    }
    return given;
  }

  ended(response: ServerResponse, payload: unknown): void {
    if (response.statusCode >= 400) this.noteErrorAnswer(payload);
    // Only stored; it is read when the response is out, if at all.
    if (typeof payload === 'string' || payload instanceof Uint8Array) this.answer ??= payload;
    this.inner?.ended(response, payload);
  }

  wrote(response: ServerResponse, chunk: unknown, encoding: unknown): void {
    if (this.notesWrites) this.noteWrite(chunk, encoding);
    this.inner?.wrote(response, chunk, encoding);
  }

  /** HTTP/2 writes what it was ended with once more, through `write`. */
  noteWrite(chunk: unknown, encoding: unknown): void {
    if (this.answer === undefined) this.parts?.note(chunk, encoding);
  }

  /** Keeps the beginning of the first answer. Later ones are the compressed form of it. */
  noteErrorAnswer(payload: unknown): void {
    this.errorAnswer ??= beginning(payload);
  }
}

/** The state of a response; made if there is none. */
export function stateOf(response: ServerResponse): ResponseState {
  const known = knownState(response);
  if (known) return known;
  const state = new ResponseState(watcherOf(response));
  setWatcher(response, state);
  return state;
}

/** The state of a response, if this copy of the package has one. */
export function knownState(response: ServerResponse): ResponseState | undefined {
  let watcher = watcherOf(response);
  while (watcher && !(watcher instanceof ResponseState)) watcher = watcher.inner;
  return watcher;
}

/** The beginning of an answer as text; `undefined`: it is neither text nor bytes. */
export function beginning(payload: unknown): string | undefined {
  if (typeof payload === 'string') return payload.slice(0, MAX_ANSWER);
  if (payload instanceof Uint8Array)
    return Buffer.from(payload.buffer, payload.byteOffset, Math.min(payload.byteLength, MAX_ANSWER)).toString();
  return undefined;
}
