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

/** Throws `ApiError`; status 0 when there was no answer at all. */
export async function getText(path: string, params?: Params, abort?: AbortSignal): Promise<string> {
  let response: Response;
  try {
    response = await fetch(apiUrl(path, params), { signal: abort, credentials: 'same-origin' });
  } catch (error) {
    if (abort?.aborted) throw error;
    throw new ApiError('The application does not answer.', 0, 'UNREACHABLE');
  }
  const text = await response.text();
  if (response.ok) {
    if (denied.peek() !== undefined) denied.value = undefined;
    return text;
  }
  const { message, code } = errorIn(text);
  const error = new ApiError(message ?? `The server answered ${response.status}.`, response.status, code ?? '');
  if (response.status === 401) denied.value = error.message;
  throw error;
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
