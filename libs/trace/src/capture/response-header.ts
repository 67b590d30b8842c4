import type { ServerResponse } from 'node:http';

/** Arguments of `writeHead`: `(status, message?, headers?)`. */
export type HeadArguments = readonly unknown[];

/**
 * Adds a header right before the headers go out, unless the application has set one of that name, before or in the
 * arguments of `writeHead`.
 * @returns the arguments to call `writeHead` with
 */
export function addHeader(response: ServerResponse, args: HeadArguments, name: string, value: string): HeadArguments {
  if (response.headersSent || response.hasHeader(name)) return args;
  const at = args.findIndex((arg, index) => index > 0 && typeof arg === 'object' && arg !== null);
  const headers = args[at] as object | undefined;
  if (headers !== undefined && has(headers, name.toLowerCase())) return args;
  // Node takes a list as it is only while no header was set one by one; our call must not be the one that changes that.
  if (Array.isArray(headers) && response.getHeaderNames().length === 0) {
    const pair = Array.isArray(headers[0]) ? [[name, value]] : [name, value];
    return args.map((arg, index) => (index === at ? [...(headers as unknown[]), ...pair] : arg));
  }
  response.setHeader(name, value);
  return args;
}

/** An object of headers, a flat list of names and values, or a list of pairs. */
function has(headers: object, name: string): boolean {
  const names = !Array.isArray(headers)
    ? Object.keys(headers)
    : Array.isArray(headers[0])
      ? headers.map((pair) => (pair as unknown[])[0])
      : headers.filter((_, index) => index % 2 === 0);
  return names.some((one) => String(one).toLowerCase() === name);
}
