import type { ClientRequest } from 'node:http';
import { replaceMethod } from './http-method.js';

/** The part of undici's request that takes headers: names and values in turn, in version 5 lines of text. */
interface TakesHeaders {
  headers: readonly (string | readonly string[])[] | string;
  addHeader(name: string, value: string): unknown;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Headers that we added to a request. Other tracers, and clients that set headers one by one, may come later: as soon as one
 * sets a `traceparent` of its own, ours and what belongs to it goes, so that there is one of each.
 */
export class AddedHeaders {
  private readonly names = new Set<string>();
  private watched = false;

  /** @returns whether the request was watched before */
  add(name: string): boolean {
    this.names.add(name.toLowerCase());
    const before = this.watched;
    this.watched = true;
    return before;
  }

  /** The headers to take out before another `traceparent` is set. */
  yieldTo(name: unknown): string[] {
    if (typeof name !== 'string' || name.toLowerCase() !== 'traceparent') return [];
    const taken = [...this.names];
    this.names.clear();
    return taken;
  }

  /** The header is the application's from now on. */
  release(name: unknown): void {
    if (typeof name === 'string') this.names.delete(name.toLowerCase());
  }
}

/** Observes the headers that a request of `node:http` is given after ours. */
export function watchHttpHeaders(request: ClientRequest, added: AddedHeaders): void {
  for (const key of ['setHeader', 'appendHeader'] as const)
    replaceMethod(request, key, (original, args) => {
      if (!request.headersSent) for (const name of added.yieldTo(args[0])) request.removeHeader(name);
      if (key === 'setHeader') added.release(args[0]);
      return original(args);
    });
}

/** Observes the headers that a request of undici is given after ours: `addHeader` does not look for one of the name. */
export function watchUndiciHeaders(request: TakesHeaders, added: AddedHeaders): void {
  const { addHeader } = request;
  const value: Method = function (this, ...args) {
    for (const name of added.yieldTo(args[0])) removeHeader(request, name);
    return Reflect.apply(addHeader, this, args as [string, string]);
  };
  Reflect.defineProperty(request, 'addHeader', { value, enumerable: false, configurable: true, writable: true });
}

function removeHeader(request: TakesHeaders, name: string): void {
  const { headers } = request;
  if (typeof headers === 'string') {
    const lines = headers.split('\r\n').filter((line) => line.slice(0, line.indexOf(':')).toLowerCase() !== name);
    request.headers = lines.join('\r\n');
    return;
  }
  const list = headers as (string | readonly string[])[];
  for (let i = list.length - 2; i >= 0; i -= 2) if (String(list[i]).toLowerCase() === name) list.splice(i, 2);
}
