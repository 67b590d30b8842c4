import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { TraceCollectorError } from './model/errors.js';

const PLATFORMS = [
  { name: '@nestjs/platform-express', adapter: 'ExpressAdapter' },
  { name: '@nestjs/platform-fastify', adapter: 'FastifyAdapter' },
] as const;

/**
 * Makes the HTTP adapter of the platform that is installed; Nest's own search would end the process where there is none.
 *
 * @throws TraceCollectorError `DRIVER_MISSING` with the command that installs one
 */
export async function loadPlatform(): Promise<AbstractHttpAdapter> {
  for (const { name, adapter } of PLATFORMS) {
    const found = (await load(name)) as Record<string, new () => AbstractHttpAdapter> | undefined;
    if (!found?.[adapter]) continue;
    const made = new found[adapter]();
    // Express names itself in each response otherwise.
    (made.getInstance() as { disable?: (setting: string) => void }).disable?.('x-powered-by');
    return made;
  }
  throw new TraceCollectorError(
    'DRIVER_MISSING',
    '`serve` needs @nestjs/platform-express or @nestjs/platform-fastify, and neither is installed. Run `npm install @nestjs/platform-express`, ' +
      'or without a project: npx -p nestjs-trace-collector -p @nestjs/platform-express nestjs-trace-collector serve',
  );
}

/** Looks beside this package, then in the working directory: a package manager with strict folders hides the first. */
async function load(name: string): Promise<unknown> {
  try {
    return await import(name);
  } catch (error) {
    if (!isMissing(error, name)) throw error;
  }
  let file: string;
  try {
    file = createRequire(join(process.cwd(), 'package.json')).resolve(name);
  } catch {
    return undefined;
  }
  return import(pathToFileURL(file).href);
}

/** A package that is installed, but without one of its own dependencies, is an error to show. */
function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && message.includes(name);
}
