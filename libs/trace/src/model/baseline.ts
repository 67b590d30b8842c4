import type { Micros } from './record.js';
import type { TraceHead } from './trace.js';

/** The trace to compare with its baseline. */
export interface BaselineQuery {
  /** When it began. It is compared with the days up to then. */
  at: Micros;
  /** Results of `routesOf`, the narrowest first. */
  routes: readonly string[];
  /** Its errors by fingerprint, each with its first moment. */
  errors: readonly { fingerprint: string; at: Micros }[];
}

/** How traces of the same routes usually went. Without data the counts are 0. */
export interface Baseline {
  /** One per route that was asked for, in the same order. */
  routes: RouteBaseline[];
  /** One per error that was asked for, in the same order. */
  errors: ErrorBaseline[];
  /** Whether any ended trace had a reply, ever and on any route. Left out: the store has no record of it. */
  replied?: boolean;
}

/** The ended traces of one route over some days, the compared one included once it has ended. */
export interface RouteBaseline {
  route: string;
  /** Begin of the first day (UTC) with data; `null`: there is none. */
  since: Micros | null;
  /** Traces that ended, with any status. */
  ended: number;
  /** Traces that ended as `completed`. The members below count only these. */
  completed: number;
  /** Traces that sent two replies within two seconds. */
  repliedTwice: number;
  steps: StepBaseline[];
}

export interface StepBaseline {
  /** A span's type; `tool` for a `tool_execution`. */
  kind: string;
  name: string;
  /** Traces it ran in. */
  traces: number;
  /** Number of times it ended well with a duration, and those durations, in milliseconds, within 4%. */
  timed: number;
  p50Ms: number;
  p95Ms: number;
}

export interface ErrorBaseline {
  fingerprint: string;
  /** When it was first seen in the last month; `null`: it was not. */
  firstAt: Micros | null;
  /** Traces that had it in the hour up to the given moment, to the minute, the compared one included. */
  lastHour: number;
}

/** How work came in. */
export interface Arrival {
  /** `Class.method` of the Nest handler. */
  handler?: string | null;
  method?: string;
  path?: string;
  /** The dialect, or the word given to `runInTrace`. */
  type?: string;
  direction?: string;
  /** Kind of message, where the sender names one: `text`, `voice`, `image`. */
  media?: string;
}

/** Longest kind in a route's name, in characters: a sender may use any word. */
const MAX_MEDIA = 20;

/**
 * The routes of a trace, the narrowest first: the entrance with the agent that the trace ended at, and the entrance alone.
 * The handler names the entrance because a path may have ids. A status receipt, a copy of a sent message, a voice message
 * and a text have the same handler and are different kinds of work, so their routes differ.
 */
export function routesOf({ route, agents, message }: TraceHead, arrival: Arrival): string[] {
  const { handler, method, path, type = 'work', direction, media = 'text' } = arrival;
  const place = handler ?? (path === undefined ? type : `${method ?? ''} ${path.split('?')[0]}`.trim());
  const kind = media === 'text' ? '' : ` (${media.slice(0, MAX_MEDIA)})`;
  const sort = direction === 'outbound' ? ' (outbound)' : message === null ? ' (no message)' : kind;
  const agent = route.at(-1) ?? agents.at(-1);
  const entrance = place + sort;
  return agent === undefined ? [entrance] : [`${entrance} → ${agent}`, entrance];
}
