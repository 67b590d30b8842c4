import { MOMENT_HELP } from '../model/time.js';
import { STATUS_FILTER_HELP } from '../model/status.js';
import type { TraceStatus } from '../model/status.js';
import { LOGGED_LEVELS } from '../model/trace.js';
import { TRACE_SORTS } from '../model/trace-search.js';
import { ERROR_GROUP_STATES, VALUE_KINDS } from './insights.response.js';
import type { Moment } from './trace-queries.js';

interface Described {
  /** The allowed values; completes "give …". */
  allowed: string;
  /** One sentence for `--help` and for a model. The surfaces add the default and the maximum to it. */
  help: string;
  /** Its value where a caller leaves it out. */
  default?: unknown;
  /** A call without it is refused. */
  required?: true;
}

/** One parameter of a question: its type, its bounds and its help. All surfaces read these from here. */
export type Parameter = Described &
  (
    | { type: 'text'; maxLength: number }
    | { type: 'integer'; min: number; max: number }
    | { type: 'integers'; min: number; maxItems: number }
    | { type: 'number'; min: number }
    | { type: 'choice'; choices: readonly string[] }
    | { type: 'boolean' | 'contact' | 'moment' | 'statuses' | 'trace_id' }
  );

export type Parameters = Readonly<Record<string, Parameter>>;

interface Values {
  text: string;
  integer: number;
  integers: number[];
  number: number;
  boolean: boolean;
  contact: string;
  moment: Moment;
  statuses: readonly TraceStatus[];
  trace_id: string;
}

/** The type of a parameter's value. */
export type ValueOf<P extends Parameter> = P extends { type: 'choice'; choices: readonly (infer Choice)[] }
  ? Choice
  : P['type'] extends keyof Values
    ? Values[P['type']]
    : never;

type Present<P extends Parameters> = {
  [Name in keyof P]: P[Name] extends { required: true } | { default: {} } ? Name : never;
}[keyof P];

/** The values of a call: parameters that are required or have a default are present. */
export type Given<P extends Parameters> = { [Name in Present<P>]: ValueOf<P[Name]> } & {
  [Name in Exclude<keyof P, Present<P>>]?: ValueOf<P[Name]>;
};

/** The values of a call as a client gives them: only required ones are present. */
export type Asked<P extends Parameters> = {
  [Name in keyof P as P[Name] extends { required: true } ? Name : never]: ValueOf<P[Name]>;
} & { [Name in keyof P as P[Name] extends { required: true } ? never : Name]?: ValueOf<P[Name]> | undefined };

const text = <const Help extends string>(maxLength: number, help: Help, allowed: string) =>
  ({ type: 'text', maxLength, help, allowed }) as const;

const integer = (min: number, max: number, help: string, unit = 'whole number') =>
  ({ type: 'integer', min, max, help, allowed: `a ${unit} from ${min} to ${max}` }) as const;

const cost = <const Help extends string>(help: Help) =>
  ({ type: 'number', min: 0, help, allowed: 'US dollars, 0 or more' }) as const;

const tokens = <const Help extends string>(help: Help) =>
  ({ type: 'number', min: 0, help, allowed: 'a number of tokens, 0 or more' }) as const;

const FORMS = '30m, 2h, 7d, 14:30, 2026-01-31, 2026-01-31T14:30';

/** The parameters that questions share. A question adds a default, or `required`. */
export const PARAMETERS = {
  id: {
    type: 'trace_id',
    allowed: 'a trace id or the beginning of one: 1 to 128 of letters, digits, ".", "_" and "-"',
    help: 'Trace id, or a prefix that only one id has',
    required: true,
  },
  seq: {
    type: 'integer',
    min: 0,
    max: 999_999_999_999_999,
    allowed: 'the seq of an event',
    help: 'Number of the event in its trace',
    required: true,
  },
  contact_id: { type: 'contact', allowed: "a contact's id, which is not blank", help: 'Only traces of this contact' },
  limit: integer(1, 500, 'Number of traces'),
  turns: integer(1, 100, 'Number of turns'),
  sort: {
    type: 'choice',
    choices: TRACE_SORTS,
    allowed: 'started, duration or cost',
    help: 'Order: started (newest first), duration (longest first) or cost (dearest first)',
  },
  only: {
    type: 'choice',
    choices: ['failed', 'suspicious'],
    allowed: 'failed or suspicious',
    help: 'failed: only traces that failed; suspicious: these, and completed ones with a hint that something is wrong. Reads at most 300 traces',
  },
  fingerprint: text(100, 'Only traces with an error of this group', "an error group's fingerprint"),
  error_state: {
    type: 'choice',
    choices: ERROR_GROUP_STATES,
    allowed: 'open, resolved or ignored',
    help: 'State of the error group: open, resolved (until its next error) or ignored',
  },
  group: text(1_000, 'Only groups with this text in the location, the type or the message', 'at most 1000 characters'),
  values_of: {
    type: 'choice',
    choices: VALUE_KINDS,
    allowed: 'agent, tool, model, host, contact, tag or instance',
    help: 'What the values are',
    required: true,
  },
  prefix: text(300, 'Only values that begin with this text', 'at most 300 characters'),
  before: text(1_000, 'Cursor: next of the page before', 'the `next` of the page before'),
  status: {
    type: 'statuses',
    allowed: STATUS_FILTER_HELP,
    help: 'Only traces with this status: error, several as error,timeout, or failed (error, timeout, interrupted, silent)',
  },
  q: text(
    1_000,
    'Only traces with this text in the message, the contact, the id or an error',
    'at most 1000 characters',
  ),
  since: { type: 'moment', allowed: MOMENT_HELP, help: `Only traces that started at this time or later: ${FORMS}` },
  until: { type: 'moment', allowed: MOMENT_HELP, help: `Only traces that started at this time or earlier: ${FORMS}` },
  min_duration_ms: {
    type: 'number',
    min: 0,
    allowed: 'milliseconds, 0 or more',
    help: 'Only traces that took this long or longer, in milliseconds',
  },
  agent: text(200, 'Only traces in which this agent worked', "an agent's name, at most 200 characters"),
  tool: text(200, 'Only traces in which this tool ran', "a tool's name, at most 200 characters"),
  model: text(200, 'Only traces that called this model', "a model's name, at most 200 characters"),
  host: text(200, 'Only traces that called this host', 'a host, at most 200 characters'),
  log: {
    type: 'choice',
    choices: LOGGED_LEVELS,
    allowed: 'warn, error or fatal',
    help: 'Only traces with a log line of this level or above',
  },
  instance: text(200, 'Only traces that this instance recorded', "an instance's name, at most 200 characters"),
  tag: text(300, 'Only traces with this tag: key, or key=value', 'a tag as key or key=value, at most 300 characters'),
  min_cost_usd: cost('Only traces whose model calls cost this or more, in US dollars, as far as known'),
  max_cost_usd: cost('Only traces whose model calls cost this or less, in US dollars, as far as known'),
  min_tokens: tokens('Only traces whose model calls used this many tokens or more'),
  max_tokens_used: tokens('Only traces whose model calls used this many tokens or fewer'),
  max_value_bytes: integer(1_000, 1_000_000_000, 'Replace values whose JSON is larger', 'whole number of bytes'),
  max_events: integer(3, 1_000_000, 'Number of events', 'whole number of events'),
  format: { type: 'choice', choices: ['json', 'md', 'html'], allowed: 'json, md or html', help: 'Format of the file' },
  max_tokens: integer(100, 1_000_000, "Number of a model's tokens in the answer"),
  keep_errors: {
    type: 'boolean',
    allowed: 'true or false',
    help: 'Keep traces that failed: error, timeout, interrupted or silent',
  },
  scrub: {
    type: 'boolean',
    allowed: 'true or false',
    help: "Erase the remains in a shared database's files now, which can take minutes; otherwise they are erased at night",
  },
  after: text(4_000, 'Resume after the message with this id', 'the id of a message of this stream'),
} as const satisfies Parameters;
