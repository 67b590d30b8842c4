import { LOGGED_LEVELS, type LoggedLevel, type TraceFilter } from './trace.js';

/** Orders of a list: newest, longest or dearest first. Traces without a known cost come last. */
export const TRACE_SORTS = ['started', 'duration', 'cost'] as const;

/** One of `TRACE_SORTS`. */
export type TraceSort = (typeof TRACE_SORTS)[number];

/** One page of a list of traces, newest first. Every condition that is given must hold. */
export interface TraceSearch extends Omit<TraceFilter, 'q' | 'messageId' | 'sentMessageId' | 'link'> {
  /** Maximum number of traces on the page. */
  limit: number;
  /** A cursor of an earlier page; the page begins after that trace. */
  before?: string;
  /** Order of the list. Default: `started`. */
  sort?: TraceSort;
  /** Fingerprint of an error group of which the trace has an error. */
  fingerprint?: string;
  /** Beginning of the trace's id, in the same case. */
  idPrefix?: string;
  /** The webhook's own message id is one of these: how redeliveries are found. */
  messageIds?: readonly string[];
  /** The trace sent a message with one of these ids (`message_sent` events): how a failed delivery finds its trace. */
  sentMessageIds?: readonly string[];
  /** The trace continues one of the traces with these ids. */
  links?: readonly string[];
  /** Milliseconds from the start to the end, or to now for a trace that runs. */
  maxDurationMs?: number;
  /** A trace that has any of these is left out. */
  not?: Exclusions;
}

/** A page of a list that also looks into texts; only a store with the capability `search` is asked for it. */
export interface TextSearch extends TraceSearch {
  /** Text in the message, the contact, the id, an error or a payload, in either case. */
  q?: string;
  not?: TextExclusions;
}

/** The conditions of a search, without its page. */
export type TraceConditions = Omit<TextSearch, 'limit' | 'before'>;

/** Values of which a trace must have none. */
export interface Exclusions {
  contacts?: readonly string[];
  /** Agents that did work in the trace, or that it was routed to or from. */
  agents?: readonly string[];
  tools?: readonly string[];
  models?: readonly string[];
  hosts?: readonly string[];
  /** Tags that were set: `key`, or `key=value`. */
  tags?: readonly string[];
  /** Log lines of one of these levels or above. */
  logs?: readonly LoggedLevel[];
}

/** Values and texts of which a trace must have none. */
export interface TextExclusions extends Exclusions {
  /** Texts as in `q`; payloads are not searched for them. */
  texts?: readonly string[];
}

/** The values of a trace that exclusions are compared with. */
export interface ExcludableTrace {
  hasContact(contact: string): boolean;
  agents: readonly string[];
  route: readonly string[];
  tools: readonly string[];
  hasText(text: string): boolean;
  /** Left out: SQL compares these. */
  models?: readonly string[];
  hosts?: readonly string[];
  logged?: LoggedLevel | null;
  hasTag?(tag: string): boolean;
}

/** Levels of log lines that are this level or above. */
export function levelsFrom(level: LoggedLevel): readonly LoggedLevel[] {
  return LOGGED_LEVELS.slice(LOGGED_LEVELS.indexOf(level));
}

/** Whether a trace has any of what a search excludes. */
export function isExcluded(
  { contacts = [], agents = [], tools = [], texts = [], models = [], hosts = [], tags = [], logs = [] }: TextExclusions,
  trace: ExcludableTrace,
): boolean {
  return (
    contacts.some((contact) => trace.hasContact(contact)) ||
    agents.some((agent) => trace.agents.includes(agent) || trace.route.includes(agent)) ||
    tools.some((tool) => trace.tools.includes(tool)) ||
    texts.some((text) => trace.hasText(text)) ||
    models.some((model) => trace.models?.includes(model)) ||
    hosts.some((host) => trace.hosts?.includes(host)) ||
    tags.some((tag) => trace.hasTag?.(tag)) ||
    logs.some((level) => trace.logged && levelsFrom(level).includes(trace.logged))
  );
}
