import type { Asked, Given, Parameters } from './parameters.js';
import type {
  AlertQueries,
  CompareQueries,
  MetricsQueries,
  OtlpQueries,
  OverviewQueries,
  TraceQueries,
  ValueQueries,
} from './trace-queries.js';

/** Everything that a surface can ask. */
export type AllQueries = TraceQueries &
  CompareQueries &
  OverviewQueries &
  ValueQueries &
  AlertQueries &
  MetricsQueries &
  OtlpQueries;

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A question: where it is asked over HTTP, with which parameters, who answers it and which surfaces show it. */
export interface Question<
  P extends Parameters = Parameters,
  Answer extends object = object,
  Args extends unknown[] = unknown[],
> {
  method: Method;
  /**
   * Paths below `/debug`. A client uses the first whose parameters a path can carry; a parameter that is not in the path
   * goes into the query. `:contact` is the parameter `contact_id`.
   */
  paths: readonly [string, ...string[]];
  parameters: P;
  /** The answer is no JSON: a file, or a stream of messages. A controller of its own serves it. */
  form?: 'file' | 'stream';
  /** A key of every answer. A client that finds none was answered by another program. */
  key: string;
  /** The command and the tool of the MCP server that show it. The test of the documents compares them with those that exist. */
  cli?: string;
  mcp?: string;
  /** Milliseconds that an answer may take, where that is longer than a client waits otherwise. */
  mayTakeMs?: number;
  /** The parameters of a call of the method of `TraceQueries` that has the question's name. */
  asked(this: void, ...args: Args): Asked<P>;
  ask(this: void, queries: AllQueries, given: Given<P>): Promise<Answer>;
}

/** Types one row of the table; returns it unchanged. */
export function question<const P extends Parameters, Answer extends object, Args extends unknown[]>(
  row: Question<P, Answer, Args>,
): Question<P, Answer, Args> {
  return row;
}

type Paths = Question['paths'];
export const get = (...paths: Paths) => ({ method: 'GET', paths }) as const;
export const put = (...paths: Paths) => ({ method: 'PUT', paths }) as const;
export const post = (...paths: Paths) => ({ method: 'POST', paths }) as const;
export const remove = (...paths: Paths) => ({ method: 'DELETE', paths }) as const;

/** The parameter that a segment of a path holds: `:contact` is `contact_id`. */
export function parameterOf(segment: string): string {
  return segment === 'contact' ? 'contact_id' : segment;
}
