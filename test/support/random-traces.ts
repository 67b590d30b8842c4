import { factsOf } from '../../libs/trace/src/model/vocabulary.js';
import type { JsonText, Micros, RecordDraft } from '../../libs/trace/src/model/record.js';
import { LOGGED_LEVELS } from '../../libs/trace/src/model/trace.js';
import { TRACE_STATUSES, type TraceStatus } from '../../libs/trace/src/model/status.js';
import type { TraceConditions } from '../../libs/trace/src/model/trace-search.js';
import { logged, modelCall, tagged } from '../../libs/trace/src/testing/store-contract/model-calls.js';

const DAY_US = 86_400_000_000;
const CONTACTS = ['ana', 'beto', 'Ünïcode 名', '100%_\\', '+52 155 1234', 'carla', 'dora', 'unknown'];
const WORDS = ['Cita', 'precio', 'CAFÉ', 'cafe\u0301', '50%', 'a_b', 'c\\d', 'İstanbul', '名前', 'x', "it's", '👍'];
const AGENTS = ['sofia', 'maria', 'carlos'];
const TOOLS = ['calendar', 'crm', 'pay', 'rare'];
const MODELS = ['mini', 'large'];
const TAGS = ['plan', 'beta'];

/** Choices that look random and are the same in every run. */
export class Choices {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  below(n: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * n);
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  /** True once in `n` times. */
  once(n: number): boolean {
    return this.below(n) === 0;
  }
}

/** Records of traces over five days, in the order of time; some begin in the same microsecond. */
export function randomTraces(seed: number, count: number, prefix: string, start: Micros): RecordDraft[] {
  const choices = new Choices(seed);
  const drafts: RecordDraft[] = [];
  const ids: string[] = [];
  let at = start;
  for (let n = 1; n <= count; n += 1) {
    if (!choices.once(10)) at += choices.below((10 * DAY_US) / count);
    drafts.push(...randomTrace(choices, `${prefix}-${n}`, n, at, ids));
  }
  return drafts;
}

function randomTrace(choices: Choices, trace: string, n: number, at: Micros, ids: string[]): RecordDraft[] {
  const contact = choices.of(CONTACTS);
  const stamp = `20231114_221320_${String(n).padStart(6, '0')}`;
  const id = `${contact.replace(/[^A-Za-z0-9]+/g, '-')}_${stamp}`;
  const link = choices.once(8) && ids.length > 0 ? choices.of(ids) : undefined;
  ids.push(id);
  let ts = at;
  const later = (): Micros => (ts += choices.below(400_000));
  const event = (type: string, data: object): RecordDraft => ({
    kind: 'event',
    trace,
    type,
    facts: factsOf(type, data),
    data: JSON.stringify(data) as JsonText,
    ts: later(),
  });
  const drafts: RecordDraft[] = [
    { kind: 'open', trace, id: `unknown_${stamp}`, traceparent: '', ts, ...(link !== undefined && { link }) },
  ];
  if (!choices.once(20)) {
    drafts.push({
      kind: 'identify',
      trace,
      id,
      contact,
      message: message(choices),
      message_id: `m${choices.below(500)}`,
      ...(choices.once(6) && { contacts: [contact, choices.of(CONTACTS)] }),
      ...(choices.once(15) && { alias: choices.of(CONTACTS) }),
      ts: later(),
    });
  }
  if (choices.once(15)) {
    drafts.push({ kind: 'contact', trace, contact: choices.of(CONTACTS), before: contact, ts: later() });
  }
  if (choices.once(2)) drafts.push(event('agent_routing', { from: 'supervisor', to: choices.of(AGENTS) }));
  if (choices.once(3)) drafts.push(event('tool_execution', { name: choices.of(TOOLS) }));
  if (choices.once(4)) drafts.push(event('message_sent', { message: 'hola', message_id: `sent${choices.below(200)}` }));
  if (choices.once(5)) drafts.push(tagged(trace, choices.of(TAGS), choices.of(['pro', 'free', true, 7]), later()));
  if (choices.once(6)) drafts.push(logged(trace, choices.of(['info', ...LOGGED_LEVELS]), later()));
  if (choices.once(4)) {
    const cost = choices.once(2) ? { cost_usd: choices.below(100) / 1_000 } : {};
    const usage = { model: choices.of(MODELS), agent: 'sofia', input: choices.below(1_000), output: 5, ...cost };
    drafts.push(...modelCall(trace, n * 10, usage, later()));
  }
  if (choices.once(6)) {
    const text = `${choices.of(WORDS)} down`;
    drafts.push({
      kind: 'error',
      trace,
      location: 'Crm.get',
      type: 'Error',
      message: text,
      fingerprint: 'f',
      ts: later(),
    });
  }
  const status = choices.of(TRACE_STATUSES.filter((each) => each !== 'active'));
  if (!choices.once(12)) drafts.push({ kind: 'end', trace, status, ts: later() });
  if (choices.once(25)) drafts.push({ ...event('late_step', { text: choices.of(WORDS) }), late: true } as RecordDraft);
  return drafts;
}

function message(choices: Choices): string | undefined {
  if (choices.once(10)) return undefined;
  const words = choices.once(30) ? 400 : 1 + choices.below(5);
  return Array.from({ length: words }, () => choices.of(WORDS)).join(' ');
}

/** Conditions of lists, each alone and several together. */
export function randomConditions(seed: number, count: number, start: Micros): TraceConditions[] {
  const choices = new Choices(seed);
  const conditions: TraceConditions[] = [];
  for (let n = 0; n < count; n += 1) {
    const parts = Array.from({ length: 1 + choices.below(3) }, () => randomCondition(choices, start));
    conditions.push(Object.assign({}, ...parts) as TraceConditions);
  }
  return conditions;
}

function randomCondition(choices: Choices, start: Micros): TraceConditions {
  const names = Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[];
  return CONDITIONS[choices.of(names)](choices, start);
}

const statuses = (choices: Choices): TraceStatus[] =>
  Array.from({ length: 1 + choices.below(3) }, () => choices.of(TRACE_STATUSES));

const CONDITIONS = {
  contact: (choices: Choices) => ({ contactId: choices.of(CONTACTS) }),
  status: (choices: Choices) => ({ status: choices.of(TRACE_STATUSES) }),
  statuses: (choices: Choices) => ({ status: statuses(choices) }),
  since: (choices: Choices, start: Micros) => ({ since: start + choices.below(5 * DAY_US) }),
  until: (choices: Choices, start: Micros) => ({ until: start + choices.below(5 * DAY_US) }),
  minDuration: (choices: Choices) => ({ minDurationMs: choices.below(2_000) }),
  maxDuration: (choices: Choices) => ({ maxDurationMs: choices.below(2_000) }),
  agent: (choices: Choices) => ({ agent: choices.of([...AGENTS, 'none']) }),
  tool: (choices: Choices) => ({ tool: choices.of([...TOOLS, 'none']) }),
  model: (choices: Choices) => ({ model: choices.of(MODELS) }),
  host: () => ({ host: 'api.example.com' }),
  log: (choices: Choices) => ({ log: choices.of(LOGGED_LEVELS) }),
  tag: (choices: Choices) => ({ tag: choices.of(['plan', 'plan=pro', 'beta=true', 'plan=7', 'none']) }),
  minCost: (choices: Choices) => ({ minCostUsd: choices.below(100) / 1_000 }),
  maxCost: (choices: Choices) => ({ maxCostUsd: choices.below(100) / 1_000 }),
  minTokens: (choices: Choices) => ({ minTokens: choices.below(1_000) }),
  maxTokens: (choices: Choices) => ({ maxTokens: choices.below(1_000) }),
  idPrefix: (choices: Choices) => ({
    idPrefix: choices.of(['ana_', 'a', '100', 'unknown', '%', 'n-code', 'dora_2023']),
  }),
  messages: (choices: Choices) => ({ messageIds: [`m${choices.below(500)}`, `m${choices.below(500)}`] }),
  sent: (choices: Choices) => ({ sentMessageIds: [`sent${choices.below(200)}`] }),
  withErrors: () => ({ withErrors: true }),
  notContacts: (choices: Choices) => ({ not: { contacts: [choices.of(CONTACTS)] } }),
  notAgents: (choices: Choices) => ({ not: { agents: [choices.of([...AGENTS, 'supervisor'])] } }),
  notTools: (choices: Choices) => ({ not: { tools: [choices.of(TOOLS)], models: [choices.of(MODELS)] } }),
  notTags: (choices: Choices) => ({ not: { tags: [choices.of(TAGS)], logs: [choices.of(LOGGED_LEVELS)] } }),
  notTexts: (choices: Choices) => ({ not: { texts: [choices.of(WORDS)] } }),
} satisfies Record<string, (choices: Choices, start: Micros) => TraceConditions>;

/** Texts to search for. */
export const RANDOM_TEXTS: readonly string[] = [
  ...WORDS,
  'cita precio',
  'CITA',
  'down',
  '%_',
  'ana',
  'none at all',
  'supervisor',
];
