import type { LogLine } from '../../context/recorder.js';
import { type OnLine, hookMethods, hookOnce, recordLine } from './logger-hooks.js';
import { split } from './nest-line.js';

const METHODS = ['error', 'warn', 'info', 'log', 'debug', 'trace'] as const;

/** Hooks the methods of the global `console`. Those that were taken out of it before are not seen. */
export function hookConsole(): () => void {
  const target = console;
  return hookOnce(target, () => hookMethods(target, onLineOf, METHODS));
}

function onLineOf(level: string): OnLine {
  return (ref, _self, args) => {
    recordLine(ref, level, 'console', () => consoleLine(args));
    return undefined;
  };
}

const PLACEHOLDER = /%[sdifjoOc%]/g;

/**
 * The message of `console.log('%s is %d', name, age, lead)`, with its plain values put in; objects are data. Unlike
 * `util.format` it runs no code of the objects.
 */
export function consoleLine(args: readonly unknown[]): LogLine {
  const [first, ...rest] = args;
  const words: string[] = [];
  let values = rest;
  if (typeof first === 'string') {
    const given = [...rest];
    const message = first.replace(PLACEHOLDER, (mark) => {
      if (mark === '%%') return '%';
      if (given.length === 0 || !isPlain(given[0])) return mark;
      const value = String(given.shift());
      return mark === '%c' ? '' : value;
    });
    words.push(message);
    values = given;
  } else values = [...args];
  const { error, data } = split(values.filter((value) => !isPlain(value) || value === undefined));
  for (const value of values) if (isPlain(value) && value !== undefined) words.push(String(value));
  return { message: words.length > 0 ? words.join(' ') : undefined, error, data };
}

function isPlain(value: unknown): boolean {
  return (typeof value !== 'object' && typeof value !== 'function') || value === null;
}
