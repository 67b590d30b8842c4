import type { ServerResponse } from 'node:http';

/** Arguments of `writeHead`: `(status, message?, headers?)`. */
export type HeadArguments = readonly unknown[];

export interface ResponseHeader {
  readonly name: string;
  readonly value: string;
}

/** Adds a header, or not; takes the arguments of `writeHead` and returns those to call it with. */
export type HeaderAdder = (response: ServerResponse, args: HeadArguments, header: ResponseHeader) => HeadArguments;

/** Node's own method that every `writeHead` of HTTP/1 ends in. */
const STORE_HEADER = '_storeHeader';

type StoreHeader = (this: ServerResponse, line: string, headers: unknown) => unknown;

/**
 * Adds a header to a response whose `writeHead` was replaced before ours. That one runs inside ours, and may set headers
 * there, as `on-headers` does. So the header is added further inside, where Node puts the headers together; its name there is
 * the same since Node 0.x. A response without that method gets the header now.
 */
export const addHeaderInside: HeaderAdder = (response, args, header) => {
  const inner = response as unknown as { [STORE_HEADER]?: StoreHeader };
  const storeHeader = inner[STORE_HEADER];
  if (typeof storeHeader !== 'function') return addHeader(response, args, header);
  inner[STORE_HEADER] = function (line, headers) {
    let stored = headers;
    try {
      stored = addHeader(this, [0, headers], header)[1];
    } catch {
      // The answer goes out without our header.
    }
    return storeHeader.call(this, line, stored);
  };
  return args;
};

/**
 * Adds a header to the arguments of `writeHead`, or sets it, unless the application has set one of that name. Right before
 * the headers go out.
 */
export function addHeader(
  response: ServerResponse,
  args: HeadArguments,
  { name, value }: ResponseHeader,
): HeadArguments {
  if (response.headersSent || response.hasHeader(name)) return args;
  const at = args.findIndex((arg, index) => index > 0 && typeof arg === 'object' && arg !== null);
  const headers = args[at] as object | undefined;
  if (headers !== undefined && has(headers, name.toLowerCase())) return args;
  // Node takes what it is given as it is only while no header was set one by one; our call must not be the one that
  // changes that.
  if (headers !== undefined && response.getHeaderNames().length === 0) {
    return args.map((arg, index) => (index === at ? withHeader(headers, name, value) : arg));
  }
  response.setHeader(name, value);
  return args;
}

/** A header of a response that is out: Fastify gives its headers to `writeHead` only, and Node keeps none of those. */
export function sentHeader(response: ServerResponse, head: HeadArguments | undefined, name: string): string {
  const given = head?.findLast((arg) => typeof arg === 'object' && arg !== null) as object | undefined;
  const pair = given && pairsOf(given).find(([key]) => String(key).toLowerCase() === name);
  return String(pair?.[1] ?? response.getHeader(name) ?? '');
}

function pairsOf(headers: object): readonly (readonly unknown[])[] {
  if (!Array.isArray(headers)) return Object.entries(headers);
  if (Array.isArray(headers[0])) return headers as unknown[][];
  return headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1]]] : []));
}

/** A copy of an object of headers, a flat list of names and values, or a list of pairs. */
function withHeader(headers: object, name: string, value: string): object {
  if (!Array.isArray(headers)) return { ...headers, [name]: value };
  const pair = Array.isArray(headers[0]) ? [[name, value]] : [name, value];
  return [...(headers as unknown[]), ...pair];
}

function has(headers: object, name: string): boolean {
  return pairsOf(headers).some(([one]) => String(one).toLowerCase() === name);
}
