import { signal } from '@preact/signals';

/** In a variable: as a literal inside `new URL` the bundler would take it for a file to bundle. */
const script: string = import.meta.url;

/** Where the routes hang, whatever prefix, sub-path or proxy is in front: the script lies in `assets/` below it. */
export const ROOT = new URL('../', script);

/** Set when the server says that a token is needed; the page then asks for it. */
export const denied = signal<string | undefined>(undefined);

export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
  ) {
    super(message);
  }
}

export type Params = Record<string, string | number | undefined>;

export function apiUrl(path: string, params: Params = {}): string {
  const url = new URL(path, ROOT);
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  }
  return url.href;
}

interface TextReply {
  status: number;
  ok: boolean;
  text: string;
}

/** By URL: on its way since before the page was drawn. */
const ahead = new Map<string, Promise<TextReply>>();

/** Asks for what the page will ask for as soon as it is drawn; the first who asks then gets this answer. */
export async function askAhead(path: string, params: Params): Promise<void> {
  const url = apiUrl(path, params);
  const reply = ask(url);
  ahead.set(url, reply);
  // Whoever takes it tells of the failure.
  await reply.catch(() => undefined);
}

/** Throws `ApiError`; status 0 when there was no answer at all. */
export async function getText(path: string, params?: Params, abort?: AbortSignal): Promise<string> {
  const url = apiUrl(path, params);
  const early = ahead.get(url);
  ahead.delete(url);
  const reply = await (early ?? ask(url, abort));
  abort?.throwIfAborted();
  return textOf(reply);
}

/** For what changes something. Throws as `getText` does. */
export async function send(method: 'PUT' | 'DELETE', path: string): Promise<void> {
  textOf(await ask(apiUrl(path), undefined, method));
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

async function ask(url: string, abort?: AbortSignal, method = 'GET'): Promise<TextReply> {
  try {
    const response = await fetch(url, { method, signal: abort, credentials: 'same-origin' });
    return { status: response.status, ok: response.ok, text: await response.text() };
  } catch (error) {
    if (abort?.aborted) throw error;
    throw new ApiError('The application does not answer.', 0, 'UNREACHABLE');
  }
}

export async function getJson<T>(path: string, params?: Params, abort?: AbortSignal): Promise<T> {
  return JSON.parse(await getText(path, params, abort)) as T;
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
