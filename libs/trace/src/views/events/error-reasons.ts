import { asRecord } from './event-data.js';
import { clip, oneLine } from '../text/visible-text.js';

const MAX_REASONS = 3;
const REASON_CHARACTERS = 160;
/** Values of a detail that are visited at most. */
const MAX_VISITED = 200;
const MAX_DEPTH = 6;

/** Members that hold a text, a list or an object of reasons, in the order they are read. */
const MEMBERS = [
  'message',
  'messages',
  'errors',
  'issues',
  'details',
  'detail',
  'reason',
  'title',
  'error_description',
];

/**
 * The reasons in an error's `detail` that its message does not have already: the list of ValidationPipe, the status and
 * the message of an HTTP client's response, the issues of a schema. At most three texts on one line each, then
 * `and N more`.
 */
export function errorReasons(message: string, detail: unknown): string[] {
  if (detail === undefined || detail === null) return [];
  const found = new Reasons(message);
  found.collect(detail, 0);
  return found.list();
}

/** `; email must be an email; and 2 more`, or the empty text. */
export function reasonsSuffix(message: string, detail: unknown): string {
  return errorReasons(message, detail)
    .map((reason) => `; ${reason}`)
    .join('');
}

/** Shorter texts are part of other texts by chance. */
const MIN_CONTAINED = 6;

function contains(text: string, part: string): boolean {
  return part.length >= MIN_CONTAINED && text.includes(part);
}

/**
 * The message of the innermost cause, as `; read ECONNRESET`, because `fetch failed` alone does not explain the error. The
 * empty text where there is no cause, or where `said` contains its message.
 *
 * @param cause as recorded: the outermost first, then the errors inside an AggregateError
 */
export function causeSuffix(cause: unknown, said: string): string {
  const causes = Array.isArray(cause) ? cause.map(asRecord) : [];
  const chain = causes.filter(({ inner }) => inner !== true);
  // An AggregateError of several addresses has no message of its own.
  const speaking = [...chain.reverse(), ...causes].find(({ type, message }) => type !== 'object' && hasText(message));
  const text = speaking === undefined ? '' : oneLine(speaking['message'] as string).trim();
  return text === '' || oneLine(said).includes(text) ? '' : `; ${clip(text, REASON_CHARACTERS)}`;
}

function hasText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

class Reasons {
  private readonly texts: string[] = [];
  private visited = 0;

  constructor(private readonly message: string) {}

  collect(value: unknown, depth: number): void {
    this.visited += 1;
    if (depth > MAX_DEPTH || this.visited > MAX_VISITED) return;
    if (typeof value === 'string') this.add(value);
    else if (Array.isArray(value)) for (const item of value) this.collect(item, depth + 1);
    else if (typeof value === 'object' && value !== null) this.object(asRecord(value), depth);
  }

  list(): string[] {
    const all = this.texts;
    const more = all.length - MAX_REASONS;
    const shown = all.slice(0, MAX_REASONS).map((text) => clip(text, REASON_CHARACTERS));
    return more > 0 ? [...shown, `and ${more} more`] : shown;
  }

  private object(value: Record<string, unknown>, depth: number): void {
    const { status, data, body, response, reasons, constraints, children, path, error } = value;
    const answer = data ?? body;
    if (typeof status === 'number' && answer !== undefined) this.add(`HTTP ${status}`);
    // Capture keeps five of them; the rest of the detail has the others.
    this.collect(reasons, depth + 1);
    if (Array.isArray(path) && typeof value.message === 'string') {
      // A schema's issue has the path of the field and a message.
      this.add([path.join('.'), value.message].filter((part) => part !== '').join(': '));
      return;
    }
    // `ValidationError` of class-validator: the values of `constraints` are the texts.
    if (typeof constraints === 'object' && constraints !== null) this.collect(Object.values(constraints), depth + 1);
    if (Array.isArray(children)) this.collect(children, depth + 1);
    for (const member of MEMBERS) {
      const part = value[member];
      if (member === 'errors' && typeof part === 'object' && part !== null && !Array.isArray(part)) {
        this.fields(asRecord(part), depth);
      } else if (part !== undefined) this.collect(part, depth + 1);
    }
    if (answer !== undefined) this.collect(answer, depth + 1);
    if (response !== undefined) this.collect(response, depth + 1);
    // Nest's `error` is the name of the status. In other APIs it is an object with the reason, or a text without `message`.
    if (typeof error === 'object' || value.message === undefined) this.collect(error, depth + 1);
  }

  /** `{ email: ['is taken'] }`. */
  private fields(errors: Record<string, unknown>, depth: number): void {
    for (const [field, texts] of Object.entries(errors)) {
      for (const text of Array.isArray(texts) ? (texts as unknown[]) : [texts]) {
        if (typeof text === 'string') this.add(`${field}: ${text}`);
        else this.collect(text, depth + 1);
      }
    }
  }

  /** Skips HTML pages. Where one text contains another, such as a sentence with and without its code, the longer one stays. */
  private add(text: string): void {
    const line = oneLine(text).trim();
    if (line === '' || line.startsWith('<') || this.isKnown(line)) return;
    const same = this.texts.findIndex((known) => contains(line, known));
    if (same === -1) this.texts.push(line);
    else this.texts[same] = line;
  }

  private isKnown(line: string): boolean {
    const status = /^HTTP (\d{3})$/.exec(line)?.[1];
    if (status !== undefined && new RegExp(String.raw`\b${status}\b`).test(this.message)) return true;
    return oneLine(this.message).includes(line) || this.texts.some((known) => known === line || contains(known, line));
  }
}
