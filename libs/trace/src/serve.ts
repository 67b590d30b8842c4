import type { Server } from 'node:net';
import { type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { hideBodies } from './debug/otlp/unread-body.js';
import { originOf } from './host-events.js';
import { TraceCollectorError } from './model/errors.js';
import { packageVersion } from './model/package-version.js';
import { TraceQueryService } from './query/trace-query.js';
import { type ServeAccess, serveAccess } from './serve-access.js';
import { loadPlatform } from './serve-platform.js';
import type { ServeOptions } from './serve.options.js';
import { openServedStore } from './serve-store.js';
import { SERVED_PATH, servedModule } from './serve.module.js';

export type { ServedSource } from './serve.options.js';

/** A server of `/debug` without an application. */
export interface ServedTraces {
  /** Address of the page, without a token. */
  url: string;
  /** The address to open; it has the token if that was made for this process. */
  link: string;
  access: Pick<ServeAccess, 'mode' | 'note'>;
  /** The address for `OTEL_EXPORTER_OTLP_ENDPOINT`; `undefined`: no spans are recorded. */
  otlp?: string;
  /** Ends streams and requests, then closes the store. */
  close(): Promise<void>;
}

/**
 * Serves `/debug` (page, REST, stream, MCP) over a directory or a shared store. Nothing is recorded, unless spans are to be
 * recorded into the directory.
 *
 * @throws TraceCollectorError `OPTION_INVALID` where a token is missing, `DRIVER_MISSING` without a platform of Nest or a
 *   driver of the database, and what opening the source throws. A database that is out of reach is only reported.
 */
export async function serveTraces(options: ServeOptions): Promise<ServedTraces> {
  const { host, port, warn } = options;
  const access = serveAccess(options);
  const adapter = await loadPlatform();
  const served = await openServedStore(options);
  try {
    const { store, own, internalErrors, received, spans } = served;
    const version = packageVersion();
    const queries = new TraceQueryService({ store, own, internalErrors, received, version });
    hideBodies(adapter, () => SERVED_PATH);
    const app = await NestFactory.create(servedModule(queries, access, spans), adapter, {
      logger: problemsOnly(warn),
      abortOnError: false,
    });
    try {
      await app.listen(port, host);
    } catch (error) {
      await app.close();
      throw notListening(error, host, port);
    }
    const url = `${originOf(app.getHttpServer() as Server)}/${SERVED_PATH}`;
    served.listening?.(url);
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
      ...('receive' in spans && { otlp: `${url}/otlp` }),
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
