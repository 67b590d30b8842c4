import type { IncomingMessage, ServerResponse } from 'node:http';

/** What Express's request and Fastify's have in common, as far as these routes need it. */
export interface DebugRequest {
  headers: IncomingMessage['headers'];
  method: string;
  url: string;
  /** The URL as received, before middleware or a prefix removed a part. Both adapters set it. */
  originalUrl?: string;
  params?: unknown;
  /** Fastify's way to Node's request. */
  raw?: IncomingMessage;
}

/** Express's response or Fastify's reply. */
export type DebugResponse = ServerResponse | { raw: ServerResponse };

export function rawRequest(request: DebugRequest): IncomingMessage {
  return request.raw ?? (request as unknown as IncomingMessage);
}

export function rawResponse(response: DebugResponse): ServerResponse {
  return 'raw' in response ? response.raw : response;
}

/** The path and query as the client wrote them. */
export function requestUrl(request: DebugRequest): { path: string; search: URLSearchParams } {
  const url = request.originalUrl ?? request.url;
  const mark = url.indexOf('?');
  return mark < 0
    ? { path: url, search: new URLSearchParams() }
    : { path: url.slice(0, mark), search: new URLSearchParams(url.slice(mark + 1)) };
}

/** One header as text. Node joins most repeated headers by itself; of the few it keeps as a list, the first counts. */
export function header(request: DebugRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/**
 * Removes the headers of CORS middleware: no other site may read these responses, whatever the application allows for its
 * own routes. Express writes to Node's response, Fastify collects headers in its reply.
 */
export function removeCorsHeaders(response: DebugResponse): void {
  const raw = rawResponse(response);
  for (const name of raw.headersSent ? [] : raw.getHeaderNames()) if (isCorsHeader(name)) raw.removeHeader(name);
  if (!('raw' in response)) return;
  const reply = response as unknown as { getHeaders(): Record<string, unknown>; removeHeader(name: string): void };
  for (const name of Object.keys(reply.getHeaders())) if (isCorsHeader(name)) reply.removeHeader(name);
}

export function isCorsHeader(name: string): boolean {
  return name.toLowerCase().startsWith('access-control-');
}
