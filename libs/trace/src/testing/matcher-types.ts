import type { LogLevel } from '../model/log-levels.js';
import type { ToolCallExpectation } from './trace-matchers.js';

/** The matchers as `expect(trace)` has them after `expect.extend(traceMatchers)`. */
export interface TraceMatchers<R> {
  /**
   * Was handed from agent to agent like this, with nothing between: `toHaveRoute('supervisor', 'sofia')`, or
   * `toHaveRoute('supervisor → sofia')`.
   */
  toHaveRoute(...agents: string[]): R;
  /** Called the tool: a span of kind `tool`, or an event `tool_execution`. */
  toHaveCalledTool(name: string, expectation?: ToolCallExpectation): R;
  /** Sent a reply; with a text or a RegExp, one that contains it. */
  toHaveReplied(text?: string | RegExp): R;
  /** Logged a line whose message contains the text, of the level if one is given: `toHaveLogged('no slot', 'warn')`. */
  toHaveLogged(text: string | RegExp, level?: LogLevel): R;
  /** All that began has ended. */
  toHaveNoOpenSpans(): R;
}

declare global {
  namespace jest {
    // With `@types/jest`, for its global `expect`. The parameters must be named as there.
    // oxlint-disable-next-line typescript/no-empty-object-type, no-unused-vars
    interface Matchers<R, T = {}> extends TraceMatchers<R> {}
  }
}

/** @ts-ignore For `expect` of `@jest/globals`, where that is installed. */
declare module 'expect' {
  // oxlint-disable-next-line no-unused-vars
  interface Matchers<R extends void | Promise<void>, T = unknown> extends TraceMatchers<R> {}
}

/** @ts-ignore For Vitest, where that is installed. */
declare module 'vitest' {
  // oxlint-disable-next-line typescript/no-explicit-any -- the parameter must be as there
  interface Assertion<T = any> extends TraceMatchers<void> {}
}
