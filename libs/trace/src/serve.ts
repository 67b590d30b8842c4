import type { Server } from 'node:net';
import { type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { originOf } from './host-events.js';
import { TraceCollectorError } from './model/errors.js';
import { packageVersion } from './model/package-version.js';
import { TraceQueryService } from './query/trace-query.js';
import { type ServeAccess, serveAccess } from './serve-access.js';
import { loadPlatform } from './serve-platform.js';
import type { ServeOptions } from './serve.options.js';
import { openServedStore } from './serve-store.js';
import { servedModule } from './serve.module.js';

export type { ServedSource } from './serve.options.js';

/** A server of `/debug` without an application. */
export interface ServedTraces {
  /** Address of the page, without a token. */
  url: string;
  /** The address to open; it has the token if that was made for this process. */
  link: string;
  access: Pick<ServeAccess, 'mode' | 'note'>;
  /** Ends streams and requests, then closes the store. */
  close(): Promise<void>;
}

/**
 * Serves `/debug` (page, REST, stream, MCP) over a directory or a shared store. Nothing is recorded.
 *
 * @throws TraceCollectorError `OPTION_INVALID` where a token is missing, `DRIVER_MISSING` without a platform of Nest or a
 *   driver of the database, and what opening the source throws. A database that is out of reach is only reported.
 */
export async function serveTraces(options: ServeOptions): Promise<ServedTraces> {
  const { source, host, port, warn } = options;
  const access = serveAccess(options);
  const adapter = await loadPlatform();
  const served = await openServedStore(source, warn);
  try {
    const queries = new TraceQueryService({ store: served.store, version: packageVersion() });
    const app = await NestFactory.create(servedModule(queries, access), adapter, {
      logger: problemsOnly(warn),
      abortOnError: false,
    });
    try {
      await app.listen(port, host);
    } catch (error) {
      await app.close();
      throw notListening(error, host, port);
    }
    const url = `${originOf(app.getHttpServer() as Server)}/debug`;
    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      try {
        await app.close();
      } finally {
        await served.close();
      }
    };
    return {
      url,
      link: access.madeToken === undefined ? url : `${url}?token=${access.madeToken}`,
      access,
      close: () => (closing ??= close()),
    };
  } catch (error) {
    await served.close();
    throw error;
  }
}

/** Nest's own lines about modules and routes are of no use here. */
function problemsOnly(warn: (line: string) => void): LoggerService {
  const line = (message: unknown): void =>
    warn(message instanceof Error ? (message.stack ?? message.message) : String(message));
  return { log: nothing, debug: nothing, verbose: nothing, warn: line, error: line, fatal: line };
}

function notListening(error: unknown, host: string, port: number): Error {
  const { code } = error as NodeJS.ErrnoException;
  const why = REASONS[code ?? ''];
  if (why === undefined) return error as Error;
  return new TraceCollectorError('OPTION_INVALID', `Cannot listen on ${host}, port ${port}: ${why}.`, { cause: error });
}

const REASONS: Record<string, string> = {
  EADDRINUSE: 'the port is taken. Choose another one with --port, or --port 0 for a free one',
  EACCES: 'this user may not use the port. Choose one above 1023 with --port',
  EADDRNOTAVAIL: 'this machine has no such address. Give another one with --host',
  ENOTFOUND: 'this name has no address. Give another one with --host',
};

function nothing(): void {}
