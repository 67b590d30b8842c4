import type { Micros } from './record.js';
import type { TraceHead } from './trace.js';

/** What to compare a trace with. */
export interface BaselineQuery {
  /** When it began: it is compared with the days up to then. */
  at: Micros;
  /** Of `routesOf`, the narrowest first. */
  routes: readonly string[];
  /** Its errors by fingerprint, each with its first moment. */
  errors: readonly { fingerprint: string; at: Micros }[];
}

/** How traces of the same routes usually went. What nothing is known of has counts of 0. */
export interface Baseline {
  /** One per route that was asked for, in the same order. */
  routes: RouteBaseline[];
  /** One per error that was asked for, in the same order. */
  errors: ErrorBaseline[];
  /** Whether any ended trace had a reply, ever and on any route. Left out: the store does not say. */
  replied?: boolean;
}

/** The ended traces of one route over some days. The one that asks is among them, once it has ended. */
export interface RouteBaseline {
  route: string;
  /** Begin of the first day (UTC) that anything is known of; `null`: of none. */
  since: Micros | null;
  /** Traces that ended, however that was. */
  ended: number;
  /** Those that ended as `completed`; only they count below. */
  completed: number;
  /** Traces that sent two replies within two seconds. */
  repliedTwice: number;
  steps: StepBaseline[];
}

export interface StepBaseline {
  /** A span's kind; `tool` for a `tool_execution`. */
  kind: string;
  name: string;
  /** Traces it ran in. */
  traces: number;
  /** How often it ended well in a known time, and how long that took, in milliseconds, to 4%. */
  timed: number;
  p50Ms: number;
  p95Ms: number;
}

export interface ErrorBaseline {
  fingerprint: string;
  /** When it was first seen in the last month; `null`: nothing is known of it. */
  firstAt: Micros | null;
  /** Traces that had it in the hour up to the given moment, to the minute. The one that asks is among them. */
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
  /** What kind of message it is, where the sender says so: `text`, `voice`, `image`. */
  media?: string;
}

/** A sender's own word for the kind of a message must not make a route name long. */
const MAX_MEDIA = 20;

/**
 * The routes that a trace belongs to, the narrowest first: where it came in with the agent it ended at, and where it
 * came in alone. The handler names the place, for a path may hold ids. A status receipt, a copy of a message that
 * was sent, a voice message and a text come in at the same place and are different kinds of work.
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
