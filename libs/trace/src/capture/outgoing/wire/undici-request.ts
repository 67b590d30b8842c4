import type { CallTarget } from '../../../context/recorder.js';
import { AddedHeaders, watchUndiciHeaders } from './added-headers.js';

/** What undici publishes as `request`: its internal object, of any of its versions since 5. */
export interface UndiciRequest {
  readonly method: string;
  readonly origin: string | URL;
  /** With the query. The whole URL where a proxy is asked for it. */
  readonly path: string;
  /** Names and values in turn; text in undici 5. */
  readonly headers: readonly (string | readonly string[])[] | string;
  addHeader(name: string, value: string): unknown;
  onBodySent?(chunk: Uint8Array | string): unknown;
  onData?(chunk: Uint8Array): unknown;
}

interface Origin {
  readonly host: string;
  readonly secure: boolean;
}

/** The origins that an application calls; the bound is for those that make up host names. */
const MAX_ORIGINS = 200;
const origins = new Map<string, Origin>();

/** Where a request of undici goes. Its headers are read when they are asked for. */
export class UndiciTarget implements CallTarget {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly secure: boolean;
  private added: AddedHeaders | undefined;
  private names: Record<string, string> | undefined;

  constructor(private readonly request: UndiciRequest) {
    const { method, origin, path } = request;
    this.method = method;
    const isWhole = path.charCodeAt(0) !== 47 && /^https?:\/\//i.test(path);
    const slash = isWhole ? path.indexOf('/', path.indexOf('//') + 2) : 0;
    const { host, secure } = originOf(isWhole ? path.slice(0, slash === -1 ? undefined : slash) : origin);
    this.host = host;
    this.secure = secure;
    this.path = slash === -1 ? '/' : path.slice(slash);
  }

  get headers(): Readonly<Record<string, string>> {
    return (this.names ??= requestHeaders(this.request.headers));
  }

  setHeader(name: string, value: string): boolean {
    if (this.headers[name.toLowerCase()] !== undefined) return false;
    this.request.addHeader(name, value);
    this.added ??= new AddedHeaders();
    if (!this.added.add(name)) watchUndiciHeaders(this.request, this.added);
    this.names = undefined;
    return true;
  }
}

/** Headers of a response: bytes or texts, names and values in turn. Names become lower case. */
export function responseHeaders(raw: unknown): Record<string, string> {
  const headers: Record<string, string> = {};
  if (!Array.isArray(raw)) return headers;
  for (let i = 0; i + 1 < raw.length; i += 2) add(headers, text(raw[i]), raw[i + 1]);
  return headers;
}

function requestHeaders(raw: UndiciRequest['headers']): Record<string, string> {
  if (typeof raw !== 'string') return responseHeaders(raw);
  const headers: Record<string, string> = {};
  for (const line of raw.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) add(headers, line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return headers;
}

function add(headers: Record<string, string>, name: string, value: unknown): void {
  const key = name.toLowerCase();
  const given = Array.isArray(value) ? value.map(text).join(', ') : text(value);
  headers[key] = headers[key] === undefined ? given : `${headers[key]}, ${given}`;
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) ? value.toString('latin1') : String(value);
}

function originOf(origin: string | URL): Origin {
  const key = typeof origin === 'string' ? origin : origin.origin;
  const known = origins.get(key);
  if (known) return known;
  const { host, protocol } = new URL(key);
  const made = { host: host.toLowerCase(), secure: protocol === 'https:' };
  if (origins.size >= MAX_ORIGINS) origins.clear();
  origins.set(key, made);
  return made;
}
