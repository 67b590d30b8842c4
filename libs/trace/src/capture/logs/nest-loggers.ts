import { types } from 'node:util';
import { ConsoleLogger, Logger } from '@nestjs/common';
import type { TraceRef } from '../../context/recorder.js';
import { LOG_LEVELS, type LogLevel } from '../../model/log-levels.js';
import { ownData } from '../../serialize/serializer.js';
import { deferLine, type OnLine, hookMethods, hookOnce, recordLine, withoutLines } from './logger-hooks.js';
import { nestLine } from './nest-line.js';
import { prints } from './printed-levels.js';

/** Context of our own lines. */
const OWN_CONTEXT = 'TraceModule';

/** The members of Nest's `Logger` that decide where a line goes: the same in 11.0.0 to 12. */
interface LoggerClass {
  readonly staticInstanceRef?: unknown;
  readonly isBufferAttached?: boolean;
  flush?: () => void;
}
const Static = Logger as unknown as LoggerClass;

/**
 * Hooks Nest's `Logger` (instances and static methods, whatever logger is behind) and `ConsoleLogger`. The methods are
 * replaced, not the logger: with a logger of ours in `Logger.overrideLogger`, instances would lose their own options, and
 * `app.useLogger` would remove it.
 */
export function hookNestLoggers(): () => void {
  const stops = [
    hookOnce(Logger, () => {
      const stopLines = hookMethods(Logger, (level) => onStaticLine(level as LogLevel), LOG_LEVELS);
      const stopFlush = hookFlush();
      return () => {
        stopLines();
        stopFlush();
      };
    }),
    hookOnce(Logger.prototype, () =>
      hookMethods(Logger.prototype, (level) => onLoggerLine(level as LogLevel), LOG_LEVELS),
    ),
    hookOnce(ConsoleLogger.prototype, () =>
      hookMethods(ConsoleLogger.prototype, (level) => onConsoleLine(level as LogLevel), LOG_LEVELS),
    ),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Buffered lines were recorded when they were logged. */
function hookFlush(): () => void {
  const before = Object.getOwnPropertyDescriptor(Logger, 'flush');
  if (typeof before?.value !== 'function') return () => undefined;
  const flush = before.value as () => void;
  const value = function flushed(this: unknown): void {
    return withoutLines(() => Reflect.apply(flush, this, []) as void);
  };
  Reflect.defineProperty(Logger, 'flush', { ...before, value });
  return () => {
    if (Static.flush === value) Reflect.defineProperty(Logger, 'flush', before);
  };
}

function onLoggerLine(level: LogLevel): OnLine {
  return (ref, self, args) => {
    const context = textOf(self, 'context');
    if (context === OWN_CONTEXT) return undefined;
    // The getter that Nest itself reads next; it makes the instance's own ConsoleLogger where there is none.
    const sink = Static.isBufferAttached ? UNKNOWN : (self as { localInstance?: unknown }).localInstance;
    return record(ref, level, sink, args, context, true);
  };
}

function onStaticLine(level: LogLevel): OnLine {
  return (ref, _self, args) =>
    record(ref, level, Static.isBufferAttached ? UNKNOWN : Static.staticInstanceRef, args, undefined, true);
}

function onConsoleLine(level: LogLevel): OnLine {
  return (ref, self, args) => record(ref, level, self, args, textOf(self, 'context'), false);
}

/** Where the lines of a buffer go is not known yet: they are recorded. */
const UNKNOWN = {};

function record(
  ref: TraceRef,
  level: LogLevel,
  sink: unknown,
  args: unknown[],
  context: string | undefined,
  fixed: boolean,
): unknown[] | undefined {
  if (sink !== UNKNOWN && !prints(sink, level)) return undefined;
  const [message, ...rest] = args;
  const line = (shown: unknown): void => {
    const read = () => nestLine({ level, args: [shown, ...rest], context, fixed });
    if (sink === UNKNOWN || sink instanceof ConsoleLogger) recordLine(ref, level, 'nest', read);
    else deferLine({ ref, level, read });
  };
  if (typeof message !== 'function' || types.isProxy(message)) {
    line(message);
    return undefined;
  }
  if (isClass(message) || !(sink instanceof ConsoleLogger)) {
    line(ownData(message, 'name'));
    return undefined;
  }
  // A lazy message: Nest calls it when it prints, and so it is seen without a second call.
  const lazy = function (): unknown {
    const text: unknown = (message as () => unknown)();
    line(typeof text === 'function' ? ownData(text, 'name') : text);
    return text;
  };
  return [lazy, ...rest];
}

function isClass(value: object): boolean {
  return Function.prototype.toString.call(value).startsWith('class ');
}

function textOf(self: unknown, key: string): string | undefined {
  if (typeof self !== 'object' || self === null || types.isProxy(self)) return undefined;
  const text = ownData(self, key);
  return typeof text === 'string' && text !== '' ? text : undefined;
}
