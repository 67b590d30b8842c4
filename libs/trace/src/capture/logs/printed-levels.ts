import { types } from 'node:util';
import { ConsoleLogger } from '@nestjs/common';
import type { LogLevel } from '../../model/log-levels.js';
import { ownData } from '../../serialize/serializer.js';

/** Names of nestjs-pino for Nest's levels. */
const PINO_LEVELS: Readonly<Record<LogLevel, string>> = {
  verbose: 'trace',
  debug: 'debug',
  log: 'info',
  warn: 'warn',
  error: 'error',
  fatal: 'fatal',
};

/**
 * Whether a logger prints lines of a level: no logger (`logger: false`) prints none, a `ConsoleLogger` and nestjs-pino have a
 * lowest level. Any other logger is not asked: there `true`.
 */
export function prints(sink: unknown, level: LogLevel): boolean {
  if (typeof sink !== 'object' || sink === null) return false;
  if (types.isProxy(sink)) return true;
  if (typeof (sink as Record<LogLevel, unknown>)[level] !== 'function') return false;
  if (sink instanceof ConsoleLogger) return sink.isLevelEnabled(level);
  const pino = pinoBehind(sink);
  return pino === undefined || pino.isLevelEnabled(PINO_LEVELS[level]);
}

interface Pino {
  isLevelEnabled(level: string): boolean;
}

/** The pino of nestjs-pino's `Logger`: its `logger` is a `PinoLogger`, whose `logger` is that of the request. */
function pinoBehind(sink: object): Pino | undefined {
  const inner = ownData(sink, 'logger');
  if (typeof inner !== 'object' || inner === null || inner.constructor?.name !== 'PinoLogger') return undefined;
  const { logger } = inner as { logger?: Partial<Pino> };
  return typeof logger?.isLevelEnabled === 'function' ? (logger as Pino) : undefined;
}
