import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

export const platform = process.env.PLATFORM === 'fastify' ? 'fastify' : 'express';

export function adapter(): ExpressAdapter {
  return platform === 'fastify' ? (new FastifyAdapter() as unknown as ExpressAdapter) : new ExpressAdapter();
}

/** Shared by every application here: a short quiet time, so that traces end soon. */
export const quick = { quietMs: 50 };

/** Listens on a free port, prints the URL, and closes on a signal. */
export async function serve(app: INestApplication): Promise<void> {
  app.enableShutdownHooks();
  await app.listen(0);
  console.log(`http://localhost:${(app.getHttpServer().address() as AddressInfo).port}`);
}
