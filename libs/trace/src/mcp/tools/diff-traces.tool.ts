import { PARAMETERS } from '../../contract/parameters.js';
import { QUESTIONS } from '../../contract/questions.js';
import type { CompareResponse, StepDifference, StepSide, ValueDifference } from '../../contract/responses.js';
import { fitItems, leftOut, tokensOf } from '../budget.js';
import { cutValue } from '../cut-value.js';
import { clipText } from '../../views/text/visible-text.js';
import { maxTokens, mcpTool } from '../mcp-tool.js';
import type { McpAsk } from '../mcp-tool.js';
import { ToolError } from '../tool-error.js';

const VALUE_CHARACTERS = 160;
const NAME_CHARACTERS = 128;
const DIFFERENCES_PER_STEP = 8;

export const diffTracesTool = mcpTool({
  name: 'diff_traces',
  title: 'Compare two traces',
  description:
    'Differences between two traces, steps aligned by kind and name: only_in_a, only_in_b, changed (with the differences inside inputs and outputs), a_slower and b_slower. The best way to find the cause of a failure: a is the failed trace, b by default one that went well.',
  parameters: {
    a: PARAMETERS.id,
    b: {
      ...QUESTIONS.compare.parameters.b,
      help: 'The trace to compare with; last-ok is an earlier trace that went well: of the same contact, else of the same route and agent',
      required: undefined,
      default: 'last-ok',
    },
    max_tokens: maxTokens(6_000),
  },
  async run({ a, b, max_tokens }, ask) {
    const answer = await compare(a, b, ask);
    const head = {
      a: sideOf(answer.a),
      b: sideOf(answer.b),
      chosen_by: answer.chosen_by,
      ...(answer.identical && { identical: true }),
      counts: countsOf(answer.counts),
    };
    const room = max_tokens - tokensOf(head) - 150;
    const whole = fitItems(answer.differences, room / 3, valueRow);
    const changed = answer.steps.filter(({ change }) => change !== 'same').toSorted(byWeight);
    const folded = foldEqual(changed);
    const steps = fitItems(folded, room - tokensOf(whole.shown), stepRow);
    const groups: Record<string, object[]> = {};
    for (const [index, row] of steps.shown.entries()) (groups[groupOf(folded[index]!.step)] ??= []).push(row);
    return {
      ...head,
      untrusted: { differences: whole.shown },
      ...groups,
      ...leftOut(
        { what: 'differences of the traces', count: whole.left, how_to_get: MORE },
        { what: 'steps that differ', count: countIn(folded.slice(steps.shown.length)), how_to_get: MORE },
      ),
    };
  },
});

const MORE = 'diff_traces with a larger max_tokens, or get_trace for each of the two';

async function compare(a: string, b: string, ask: McpAsk): Promise<CompareResponse> {
  try {
    return await ask((queries) => queries.compare(a, b));
  } catch (error) {
    if (b !== 'last-ok' || (error as { code?: unknown }).code !== 'TRACE_NOT_FOUND') throw error;
    // Names of routes and agents in that message are captured text. The error about an unknown `a` has none.
    await ask((queries) => queries.trace(a));
    throw new ToolError('TRACE_NOT_FOUND', 'There is no earlier trace that went well to compare it with.', {
      allowed: 'the id of another trace as b; find_traces with status: completed lists some',
    });
  }
}

function sideOf({ contact_id, webhook_message, ...trace }: CompareResponse['a']) {
  return {
    ...trace,
    untrusted: {
      contact_id: clipText(contact_id, NAME_CHARACTERS),
      message: webhook_message === null ? null : clipText(webhook_message, VALUE_CHARACTERS),
    },
  };
}

function countsOf({ same, added, removed, changed, slower, faster }: CompareResponse['counts']) {
  return { same, only_in_a: removed, only_in_b: added, changed, a_slower: faster, b_slower: slower };
}

const GROUPS = {
  removed: 'only_in_a',
  added: 'only_in_b',
  changed: 'changed',
  faster: 'a_slower',
  slower: 'b_slower',
  same: 'same',
} as const;
const WEIGHT = { added: 0, removed: 0, changed: 1, slower: 2, faster: 2, same: 4 } as const;

function groupOf({ change }: StepDifference): string {
  return GROUPS[change];
}

function byWeight(a: StepDifference, b: StepDifference): number {
  return WEIGHT[a.change] - WEIGHT[b.change];
}

/** A step that differs, and the number of steps like it on the same side. */
interface FoldedStep {
  step: StepDifference;
  times: number;
}

/** Steps of one side with one kind and name are one row: a loop of a thousand calls hides no other step. */
function foldEqual(steps: readonly StepDifference[]): FoldedStep[] {
  const rows = new Map<string, FoldedStep>();
  for (const [index, step] of steps.entries()) {
    const onOneSide = step.a === null || step.b === null;
    const key = onOneSide ? JSON.stringify([step.change, step.kind, step.name]) : String(index);
    const known = rows.get(key);
    if (known) known.times += 1;
    else rows.set(key, { step, times: 1 });
  }
  return [...rows.values()];
}

function countIn(rows: readonly FoldedStep[]): number {
  return rows.reduce((sum, { times }) => sum + times, 0);
}

function stepRow({ step, times }: FoldedStep, scale: number) {
  const { change, pace, kind, name, a, b, differences, more_differences } = step;
  const most = Math.max(1, Math.round(DIFFERENCES_PER_STEP * Math.min(1, scale)));
  const more = more_differences + Math.max(0, differences.length - most);
  return {
    ...stepSide('a', a),
    ...stepSide('b', b),
    ...(times > 1 && { times }),
    ...(pace !== null && change === 'changed' && { slower: pace === 'slower' ? 'b' : 'a' }),
    untrusted: {
      kind: clipText(kind, NAME_CHARACTERS * Math.min(1, scale)),
      ...(name !== null && { name: clipText(name, NAME_CHARACTERS * Math.min(1, scale)) }),
      ...(differences.length > 0 && { differences: differences.slice(0, most).map((each) => valueRow(each, scale)) }),
    },
    ...(more > 0 && { more_differences: more }),
  };
}

function stepSide(side: 'a' | 'b', step: StepSide | null): object {
  if (step === null) return {};
  return {
    [side]: { step: step.seq, ...(step.duration_ms !== null && { duration_ms: Math.round(step.duration_ms) }) },
  };
}

function valueRow({ path, ...sides }: ValueDifference, scale = 1) {
  const characters = Math.max(16, Math.round(VALUE_CHARACTERS * scale));
  const shown = Object.entries(sides).map(([side, value]) => [side, cutValue(value, characters).value]);
  return { path: clipText(path, 200), ...Object.fromEntries(shown) };
}
