import type { CompareResponse, ComparedTrace, StepDifference, ValueDifference } from '../../../contract/responses.js';
import { boundedJson } from '../../text/bounded-json.js';
import { spellMs } from '../../text/durations.js';
import { CHOSEN_BY, diffSummary, paceWords } from '../diff-words.js';
import { statusWord } from '../status-word.js';
import { code, fence } from './markdown-text.js';

const VALUE_CHARACTERS = 400;
/** Steps that are listed. The first ones explain a loop of thousands. */
const MAX_STEPS = 100;

/** The differences of two traces, for an issue or a model. */
export function diffMarkdown(answer: CompareResponse): string[] {
  const differing = answer.steps.filter(({ change }) => change !== 'same');
  const found = CHOSEN_BY[answer.chosen_by];
  return [
    '# Two traces compared',
    '',
    `- A: ${traceWords(answer.a)}`,
    `- B: ${traceWords(answer.b)}${found === '' ? '' : ` (${found})`}`,
    '',
    `**${diffSummary(answer)}**`,
    ...(answer.differences.length === 0 ? [] : ['', '## As a whole', ...answer.differences.flatMap(valueLines)]),
    ...(differing.length === 0 ? [] : ['', '## Steps']),
    ...differing.slice(0, MAX_STEPS).flatMap(stepLines),
    ...(differing.length > MAX_STEPS ? ['', `${differing.length - MAX_STEPS} more steps differ.`] : []),
  ];
}

function traceWords({ trace_id, status, duration_ms, webhook_message }: ComparedTrace): string {
  const message = webhook_message === null ? '' : `, ${code(webhook_message)}`;
  return `${code(trace_id)} ${statusWord(status)}, ${spellMs(duration_ms)}${message}`;
}

function stepLines(step: StepDifference): string[] {
  const { change, kind, name, pace, a, b, differences, more_differences } = step;
  const where = change === 'removed' ? 'only in A' : change === 'added' ? 'only in B' : change;
  const speed = pace === null ? '' : ` (${pace === change ? '' : `${pace}: `}${paceWords(step)})`;
  const numbers = [a && `A ${a.seq}`, b && `B ${b.seq}`].filter((part) => part !== null).join(', ');
  return [
    '',
    `### ${code(kind)}${name === null ? '' : ` ${code(name)}`}: ${where}${speed}`,
    '',
    `Step ${numbers}`,
    ...differences.flatMap(valueLines),
    ...(more_differences > 0 ? ['', `and ${more_differences} more differences`] : []),
  ];
}

function valueLines(difference: ValueDifference): string[] {
  const side = (letter: 'a' | 'b', mark: string): string[] =>
    letter in difference
      ? [`${mark} ${boundedJson(difference[letter], { maxCharacters: VALUE_CHARACTERS }).text}`]
      : [];
  return [
    '',
    `${code(difference.path === '' ? 'the whole value' : difference.path)}:`,
    '',
    ...fence([...side('a', '-'), ...side('b', '+')].join('\n'), 'diff'),
  ];
}
