import { PARAMETERS } from '../../contract/parameters.js';
import { QUESTIONS } from '../../contract/questions.js';
import type { StepDifference, ValueDifference } from '../../contract/responses.js';
import { boundedJson } from '../../views/text/bounded-json.js';
import { fitItems, tokensOf } from '../budget.js';
import { clipText } from '../../views/text/visible-text.js';
import { maxTokens, mcpTool } from '../mcp-tool.js';

const VALUE_CHARACTERS = 200;
const NAME_CHARACTERS = 128;
const DIFFERENCES_PER_STEP = 8;

export const diffTracesTool = mcpTool({
  name: 'diff_traces',
  title: 'Compare two traces',
  description:
    'Differences between two traces, steps aligned by kind and name: added (only in b), removed (only in a), changed, slower or faster (b against a), with the differences inside inputs and outputs. The best way to find the cause of a failure.',
  parameters: {
    a: PARAMETERS.id,
    b: {
      ...QUESTIONS.compare.parameters.b,
      help: 'The trace to compare with; last-ok is the newest completed trace of the same contact, else of the same route and agent',
      required: undefined,
      default: 'last-ok',
    },
    max_tokens: maxTokens(6_000),
  },
  async run({ a, b, max_tokens }, ask) {
    const answer = await ask((queries) => queries.compare(a, b));
    const side = ({ contact_id, webhook_message, ...trace }: (typeof answer)['a']) => ({
      ...trace,
      untrusted: {
        contact_id: clipText(contact_id, NAME_CHARACTERS),
        message: webhook_message === null ? null : clipText(webhook_message, VALUE_CHARACTERS),
      },
    });
    const head = { a: side(answer.a), b: side(answer.b), chosen_by: answer.chosen_by, counts: answer.counts };
    const room = max_tokens - tokensOf(head) - 120;
    const whole = fitItems(answer.differences, room / 3, valueRow);
    const changed = answer.steps.filter(({ change }) => change !== 'same');
    const steps = fitItems(changed.toSorted(byWeight), room - tokensOf(whole.shown), stepRow);
    const left = whole.left + steps.left;
    return {
      ...head,
      untrusted: { differences: whole.shown },
      steps: steps.shown,
      ...(left > 0 && { left_out: `${left} further differences, to stay within max_tokens` }),
    };
  },
});

const WEIGHT = { added: 0, removed: 0, changed: 1, slower: 2, faster: 3, same: 4 } as const;

function byWeight(a: StepDifference, b: StepDifference): number {
  return WEIGHT[a.change] - WEIGHT[b.change];
}

function stepRow({ change, pace, kind, name, a, b, differences, more_differences }: StepDifference) {
  const more = more_differences + Math.max(0, differences.length - DIFFERENCES_PER_STEP);
  return {
    change,
    ...(pace !== null && pace !== change && { pace }),
    a: a && { step: a.seq, duration_ms: a.duration_ms },
    b: b && { step: b.seq, duration_ms: b.duration_ms },
    untrusted: {
      kind: clipText(kind, NAME_CHARACTERS),
      name: name === null ? null : clipText(name, NAME_CHARACTERS),
      ...(differences.length > 0 && { differences: differences.slice(0, DIFFERENCES_PER_STEP).map(valueRow) }),
    },
    ...(more > 0 && { more_differences: more }),
  };
}

function valueRow({ path, ...sides }: ValueDifference) {
  const shown = Object.fromEntries(
    Object.entries(sides).map(([side, value]) => [
      side,
      boundedJson(value, { maxCharacters: VALUE_CHARACTERS, maxString: 120 }).text,
    ]),
  );
  return { path: clipText(path, 200), ...shown };
}
