import { EVENT } from '../../../model/vocabulary.js';
import { asRecord, word } from '../../events/event-data.js';
import { countOf } from '../../text/durations.js';
import { clip, oneLine } from '../../text/visible-text.js';
import { records } from './hint-rule.js';
import type { HintRuleDefinition, HintScene } from './hint-rule.js';

const ERROR_LEVELS: readonly unknown[] = ['error', 'fatal'];
const MESSAGE_CHARACTERS = 160;

const loggedProof = records(
  'event',
  'the `log` events at `error` and `fatal`',
  ({ type, data }) => type === EVENT.log && ERROR_LEVELS.includes(asRecord(data).level),
);

/** Rules about log lines. */
export const LOG_RULES: readonly HintRuleDefinition[] = [
  { name: 'logged_error', provedBy: [loggedProof], hint: loggedErrors },
];

/** Proved by: log lines at `error` and above. No hint for a line about an error that is recorded. */
function loggedErrors({ trace }: HintScene): string | undefined {
  const known = trace.errors.map(({ dto }) => dto.message).filter((message) => message !== '');
  const lines = trace.events.flatMap(({ dto, span }) => {
    const data = asRecord(dto.data);
    if (span !== null || dto.type !== EVENT.log || !ERROR_LEVELS.includes(data.level)) return [];
    const error = asRecord(data.error);
    const text = [word(data.message), word(error.message)].filter((part) => part !== undefined && part !== '');
    return known.some((message) => text.some((part) => part!.includes(message))) ? [] : [{ data, error, text }];
  });
  const [line] = lines;
  if (line === undefined) return undefined;
  const where = word(line.data.context);
  const type = word(line.error.type);
  const message = [...new Set(line.text)].join(': ');
  const said = `${where === undefined || where === '' ? '' : `[${where}] `}${type === undefined ? '' : `${type}: `}${message}`;
  const many = lines.length === 1 ? 'An error was logged' : `${countOf(lines.length, 'error')} were logged, first`;
  return `📝 ${many}${lines.length === 1 ? ': ' : ' '}${clip(oneLine(said), MESSAGE_CHARACTERS)}`;
}
