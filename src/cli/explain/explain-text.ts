import { code, markdownTable } from '../../../libs/trace/src/views/render/markdown/markdown-text.js';
import { terminalSafe } from '../../../libs/trace/src/views/text/visible-text.js';
import type { ExplainResponse, ExplainedValue, MessageResponse } from './explanation.js';

/** A list of places that had nothing is cut here for people; JSON has all of them. */
const MAX_TRIED = 8;

const WORDS = {
  nothing: 'no value',
  placeholder: 'unreplaced placeholder',
  unusable: 'not usable',
  taken: '',
} as const;

/** Form in which captured text is harmless in the output. */
interface Style {
  quote(text: string): string;
}

/** An explanation as people read it at a terminal. */
export function explainText(answer: ExplainResponse): string {
  return lines(answer, { quote: terminalSafe }).join('\n');
}

/** The same as Markdown. */
export function explainMarkdown(answer: ExplainResponse): string {
  const rows = answer.messages.flatMap((message, i) =>
    fieldsOf(message).map(([name, value, why]) => [`${i + 1}`, name, code(value), why === '' ? '' : code(why)]),
  );
  return [
    `# Read by ${code(answer.dialect ?? 'no dialect')}`,
    '',
    ...summary(answer, { quote: code }).map((line) => `- ${line}`),
    '',
    ...(rows.length === 0 ? [] : [...markdownTable(['message', 'field', 'value', 'from'], rows), '']),
    ...markdownTable(
      ['dialect', 'matches', 'why not'],
      answer.dialects.map(({ name, matched, reason }) => [
        code(name),
        matched ? 'yes' : 'no',
        reason ? code(reason) : '',
      ]),
    ),
    '',
    ...answer.notes.map((note) => code(note)),
  ].join('\n');
}

function lines(answer: ExplainResponse, style: Style): string[] {
  const width = Math.max(0, ...answer.dialects.map(({ name }) => name.length));
  return [
    ...summary(answer, style),
    ...answer.messages.flatMap((message, i) => [
      '',
      `Message ${i + 1}${answer.messages.length > 1 && i === answer.shown ? ' (the trace shows this one)' : ''}`,
      ...fieldsOf(message).map(
        ([name, value, why]) =>
          `  ${name.padEnd(10)}  ${style.quote(value)}${why === '' ? '' : `  ← ${style.quote(why)}`}`,
      ),
      ...triedLines(message, style),
    ]),
    '',
    'Dialects asked',
    ...answer.dialects.map(({ name, matched, reason, inside }) => {
      const where = inside === null ? '' : ` (in ${style.quote(inside)})`;
      return `  ${matched ? '✅' : '  '} ${style.quote(name).padEnd(width)}  ${matched ? 'matches' : style.quote(reason ?? 'does not match')}${where}`;
    }),
    '',
    ...answer.notes.map((note) => `ℹ️  ${style.quote(note)}`),
  ];
}

function summary(answer: ExplainResponse, { quote }: Style): string[] {
  const { dialect, request, messages, contact_id, other_contacts, placeholders, trace_id } = answer;
  const said = [
    `Dialect: ${quote(dialect ?? 'none matches')} (body read as ${request.read_as})`,
    `Contact: ${quote(contact_id)}${contact_id === 'unknown' ? ' (name it with capture.contactId or traceContact())' : ''}`,
    `Trace id: ${quote(trace_id)}`,
  ];
  if (other_contacts.length > 0) said.push(`Other contacts of this request: ${other_contacts.map(quote).join(', ')}`);
  if (messages.length === 0) said.push('Messages: none; the request concerns no contact');
  if (placeholders.length > 0) said.push(`Unreplaced placeholders in: ${placeholders.map(quote).join(', ')}`);
  return said;
}

function fieldOf(name: string, { value, from }: ExplainedValue): [string, string, string] {
  return [name, value ?? '–', from ?? ''];
}

function fieldsOf(message: MessageResponse): [name: string, value: string, from: string][] {
  const fields = [
    fieldOf('contact', message.contact_id),
    fieldOf('text', message.message),
    fieldOf('message id', message.message_id),
  ];
  const plain: [string, string | null][] = [
    ['kind', message.media],
    ['type', message.type],
    ['direction', message.direction],
    ['edited', message.edited ? 'yes: it replaces an earlier message' : null],
  ];
  for (const [name, value] of plain) if (value !== null) fields.push([name, value, '']);
  for (const { status, code: number, reason, message_id } of message.notices) {
    const parts = [status, number, reason, message_id && `(message ${message_id})`].filter(Boolean);
    fields.push(['notice', parts.join(' '), '']);
  }
  return fields;
}

/** Where a value was searched: all places if none had one, else those with an unusable value. */
function triedLines(message: MessageResponse, { quote }: Style): string[] {
  const of = (name: string, { value, tried }: ExplainedValue): string[] => {
    const listed = tried.filter(({ found }) => value === null || found !== 'nothing');
    if (listed.length === 0) return [];
    const places = listed.slice(0, MAX_TRIED).map(({ path, found }) => `${path} (${WORDS[found]})`);
    const more = listed.length > MAX_TRIED ? `, and ${listed.length - MAX_TRIED} more` : '';
    return [`  no ${name} in: ${quote(places.join(', ') + more)}`];
  };
  return [...of('contact', message.contact_id), ...of('text', message.message)];
}
