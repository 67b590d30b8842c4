import { NestFactory } from '@nestjs/core';
import type { INestApplication, LoggerService } from '@nestjs/common';
import { AppModule } from './app.module.js';

export const DEFAULT_PORT = 8000;

/** The port in `PORT`, 8000 when unset. 0 lets the system choose one. */
export function readPort(value: string | undefined): number {
  if (value === undefined || value === '') return DEFAULT_PORT;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`PORT is '${value}'; give a whole number from 0 to 65535`);
  }
  return port;
}

/** Starts the example. Returns it with its URL. Throws an Error that says what to do when the port is taken. */
export async function startExample(
  port: number,
  logger?: LoggerService,
): Promise<{ app: INestApplication; url: string }> {
  // The signature is computed over the raw body.
  const app = await NestFactory.create(AppModule, { rawBody: true, ...(logger && { logger }) });
  app.enableShutdownHooks();
  try {
    await app.listen(port);
  } catch (error) {
    await app.close();
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${port} is taken. Choose another one with PORT, for example PORT=${port + 1}`, {
      cause: error,
    });
  }
  const address = app.getHttpServer().address() as { port: number };
  return { app, url: `http://localhost:${address.port}` };
}
