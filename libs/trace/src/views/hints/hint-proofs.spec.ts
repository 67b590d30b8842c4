import { array, assert, constantFrom, integer, property, record, shuffledSubarray } from 'fast-check';
import { guideStory, Story } from '../../../../../test/support/story.js';
import { emptyHead, reduceHead } from '../../model/trace.reducer.js';
import type { TraceRecord } from '../../model/record.js';
import type { HintDetail } from '../../contract/responses.js';
import { assemble } from '../trace/assemble.js';
import { defineEventTypes } from '../events/event-types.js';
import { durationMs } from '../trace/list-item.js';
import { hintDetails, BUILT_IN_HINTS } from './hints.js';
import { summarize } from '../trace/summary.js';
import { COMPLETED } from './rules/closing-rules.js';
import type { HintRuleDefinition, HintScene } from './rules/hint-rule.js';

const types = defineEventTypes();
const RULES = [...BUILT_IN_HINTS, COMPLETED];
/** Results of a look-up, whatever the records: no rule may rely on it alone. */
const RELATED = { duplicateOf: 'old', editOf: 'old', sentBy: new Map([['m', 'old']]), repliesSeen: false };
const LATER = 9_000_000;

const CALL = { 'server.address': 'api.example', 'http.request.method': 'POST', 'url.template': '/x' };

const story = (): Story => new Story().open().identify({ message_id: 'm', handler: 'Hooks.receive' });
const failing = (given: Story): Story =>
  given
    .span('f', 'agent', 'sofia')
    .span('g', 'tool', 'crm', { parent: 'f' })
    .error('crm', 'down', { span: 'g', detail: { message: ['no'] } })
    .spanEnd('g', 1, { outcome: 'error' })
    .spanEnd('f', 2);

/** Situations in which every rule applies, each from beginning to end. */
const SITUATIONS: readonly Story[] = [
  guideStory(),
  story().response(202).end(),
  story().response(202).span('a', 'agent', 'x').spanEnd('a', 1).end('silent'),
  story().response(202).span('a', 'llm', 'x').at(6000).spanEnd('a', 6000).end(),
  story().response(202).span('a', 'tool', 'crm').at(6000).end('timeout'),
  story().span('a', 'tool', 'crm').end('interrupted'),
  story().event('queued').end('interrupted', { by: 2 }),
  story().event('handler_cancelled').response(499, 9, { aborted: true }).at(20).event('saved').end('cancelled'),
  failing(story()).response(200).end('error'),
  story().error('Hooks.receive', 'down').response(500, 3, { error: 'down' }).end('error'),
  story().response(503).end('error'),
  story()
    .error('x', 'bad', { type: 'UnauthorizedException', guard: 'Guard' })
    .response(401, 3, { error: 'bad' })
    .end('error'),
  story().response(202).error('x', 'late', { after_response: true }).event('uncaught_exception').end('error'),
  story().event('unhandled_rejection').end('error'),
  story().event('agent_routing', { from: 'a', to: 'a' }).event('intelligence_analysis', { lead_score: 0 }).end(),
  story().event('message_failed', { text: 'x', provider: 'p' }).end('completed', { dropped: 2 }),
  story()
    .span('a', 'llm', 'gpt', { attributes: CALL, input: { messages: [] } })
    .spanEnd('a', 5, {
      outcome: 'error',
      attributes: { 'http.response.status_code': 429 },
      output: { error: { code: 'context_length_exceeded' } },
    })
    .span('b', 'llm', 'gpt', { attributes: { ...CALL, 'http.request.resend_count': 1 }, input: { messages: [] } })
    .spanEnd('b', 5, { attributes: { 'http.response.status_code': 200 }, output: { finish_reason: 'stop' } })
    .span('c', 'http', 'POST x', { attributes: CALL })
    .at(9_000)
    .spanEnd('c', 9_000, { outcome: 'error', attributes: { 'http.response.status_code': 500 } })
    .end(),
  story()
    .span('a', 'llm', 'gpt', { input: 1 })
    .spanEnd('a', 5, { output: { finish_reason: 'length', text: 'x', tool_calls: [{ id: 'i', name: 'book' }] } })
    .span('b', 'tool', 'crm', { input: 1 })
    .span('c', 'tool', 'crm', { input: 1 })
    .span('d', 'tool', 'crm', { input: 1 })
    .event('log', { level: 'error', message: 'quota' })
    .end(),
  story()
    .span('a', 'db', 'INSERT contacts')
    .spanEnd('a', 1, { outcome: 'error', output: { error: { type: '23505', message: 'duplicate key' } } })
    .end(),
  story().end().event('late', {}, { late: true }),
  story()
    .span('a', 'tool', 'book', { input: { date: '2026-02-30' } })
    .spanEnd('a', 1, { outcome: 'error' })
    .span('b', 'tool', 'book', { input: { date: '2026-02-30' } })
    .spanEnd('b', 1, { outcome: 'error' })
    .span('c', 'tool', 'book', { input: { date: '2026-02-30' } })
    .spanEnd('c', 1, { outcome: 'error' })
    .event('message_sent', { message: 'Your table is booked for March 2.' })
    .end(),
  story()
    .span('a', 'tool', 'charge_card', { input: { cents: 5 } })
    .spanEnd('a', 1, { output: { id: 1 } })
    .span('b', 'tool', 'charge_card', { input: { cents: 5 } })
    .spanEnd('b', 1, { output: { id: 2 } })
    .span('h', 'retriever', 'load_history')
    .at(900)
    .spanEnd('h', 900, { output: { messages_loaded: 400 } })
    .end(),
  new Story().open().identify({ message_id: 'm', edited: true }).event('saved').end(),
  new Story()
    .open()
    .identify({
      contact: 'unknown',
      contacts: ['ana', 'ben'],
      placeholders: ['contact.id'],
      unparsed: 9,
      body: 'x',
    })
    .end(),
  new Story()
    .open()
    .identify({ message: undefined, notices: [{ status: 'failed', message_id: 'm' }] })
    .end(),
];

/** Records that refute a rule, one of each kind. */
const REFUTING: readonly TraceRecord[] = new Story()
  .at(9_000)
  .end()
  .event('message_sent', { message: 'x' })
  .contact('ana')
  .event('saved')
  .span('r', 'step', 'x')
  .error('x', 'x').records;

interface Hints {
  scene: HintScene;
  details: HintDetail[];
}

function hintsOf(records: readonly TraceRecord[]): Hints {
  const head = emptyHead('1-1');
  for (const one of records) reduceHead(head, one);
  const trace = assemble({ head, records: [...records] });
  const context = { ...RELATED, summary: summarize(trace, types), types, now: LATER, slowMs: 5_000, custom: [] };
  return { scene: { ...context, trace, durationMs: durationMs(head, LATER) }, details: hintDetails(trace, context) };
}

const made = ({ details }: Hints, { name }: HintRuleDefinition): HintDetail[] =>
  details.filter(({ rule }) => rule === name);

/**
 * Each hint of these records disappears when the records of one of its proofs do, or when a refuting record is added.
 */
function expectProved(records: readonly TraceRecord[]): void {
  const all = hintsOf(records);
  for (const rule of RULES) {
    if (made(all, rule).length === 0) continue;
    for (const { what, holds } of rule.provedBy) {
      const rest = records.filter((one) => !holds(one, all.scene));
      if (rest.length === records.length) throw new Error(`${rule.name}: the trace has none of ${what}`);
      expect({ without: what, hints: made(hintsOf(rest), rule) }).toEqual({ without: what, hints: [] });
    }
    for (const { what, holds } of rule.refutedBy ?? []) {
      const refuting = REFUTING.filter((one) => holds(one, all.scene));
      if (refuting.length === 0) throw new Error(`no record of this test refutes ${rule.name}: ${what}`);
      for (const one of refuting) {
        expect({ with: what, hints: made(hintsOf([...records, one]), rule) }).toEqual({ with: what, hints: [] });
      }
    }
  }
}

describe('each built-in hint', () => {
  it.each(RULES.map((rule) => [rule.name, rule] as const))('%s is made in one of the situations', (_name, rule) => {
    expect(SITUATIONS.flatMap(({ records }) => made(hintsOf(withoutEnd(rule, records)), rule))).not.toEqual([]);
  });

  it.each(SITUATIONS.map(({ records }, n) => [n, records] as const))('needs its records: situation %d', (_n, records) =>
    expectProved(records),
  );

  it('names the records that prove it', () => {
    for (const { records } of SITUATIONS) {
      const { details } = hintsOf(records);
      const known = new Set(records.map(({ seq }) => seq));
      for (const { rule, records: proofs } of details) {
        const { provedBy } = RULES.find(({ name }) => name === rule)!;
        expect({ rule, proofs: proofs!.length > 0 }).toEqual({ rule, proofs: provedBy.length > 0 });
        for (const seq of proofs!) expect(known).toContain(seq);
      }
    }
  });

  it('needs its records, and none throws, in torn and mixed traces', () => {
    const pool = SITUATIONS.flatMap(({ records }) => records);
    const torn = record({
      of: constantFrom(...SITUATIONS).chain(({ records }) => shuffledSubarray([...records])),
      more: array(constantFrom(...pool), { maxLength: 6 }),
      late: integer({ min: 0, max: 8_000_000 }),
    });
    assert(
      property(torn, ({ of, more, late }) => {
        // Renumbered, as one process would have written them.
        const records = [...of, ...more].map((one, seq) => ({ ...one, seq, ts: one.ts + (seq % 2) * late }));
        expectProved(records);
      }),
      { numRuns: 400 },
    );
  });

  it('names a rule once', () => {
    const names = RULES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

/** The one rule that depends on the absence of the end. */
function withoutEnd({ name }: HintRuleDefinition, records: readonly TraceRecord[]): TraceRecord[] {
  return records.filter(({ kind }) => name !== 'still_running' || kind !== 'end');
}
