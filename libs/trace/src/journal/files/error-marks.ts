import { join } from 'node:path';
import { TraceCollectorError } from '../../model/errors.js';
import type { ErrorMark } from '../../model/error-mark.js';
import { ChangeFile } from './change-file.js';

const STATES: readonly string[] = ['resolved', 'ignored'] satisfies ErrorMark['state'][];

/**
 * States of error groups, in a file of their own beside that of the pins: they outlive the index, and the traces of the
 * group. A line is a state, a time in microseconds and a fingerprint as JSON.
 */
export class ErrorMarks {
  private readonly file: ChangeFile<ReadonlyMap<string, ErrorMark>>;

  constructor(dir: string) {
    this.file = new ChangeFile(join(dir, 'error-states'), parse);
  }

  /** Why the file cannot be read, as a sentence; `undefined` when it can. */
  get problem(): string | undefined {
    const { failure } = this.file;
    return failure && `States of error groups cannot be read: ${failure}.`;
  }

  /** Groups that are not open, with changes by other processes. Never throws. */
  all(): ErrorMark[] {
    return [...this.file.read().values()];
  }

  /** Throws `DATA_UNREADABLE` when the file cannot be read, and what the file system throws. */
  set(fingerprint: string, state: ErrorMark['state'] | 'open', at: number): void {
    const { problem } = this;
    if (problem) throw new TraceCollectorError('DATA_UNREADABLE', `${problem} Remove ${this.file.path} and try again.`);
    this.file.append(`${state} ${at} ${JSON.stringify(fingerprint)}`);
  }
}

/** A line that is damaged changes nothing. */
function parse(text: string): Map<string, ErrorMark> {
  const marks = new Map<string, ErrorMark>();
  for (const line of text.split('\n')) {
    const [, state, at, name] = /^(open|resolved|ignored) (\d{1,16}) (".*")$/.exec(line) ?? [];
    const fingerprint = name === undefined ? undefined : fingerprintIn(name);
    if (fingerprint === undefined) continue;
    if (STATES.includes(state!)) {
      marks.set(fingerprint, { fingerprint, state: state as ErrorMark['state'], at: Number(at) });
    } else marks.delete(fingerprint);
  }
  return marks;
}

function fingerprintIn(json: string): string | undefined {
  try {
    return JSON.parse(json) as string;
  } catch {
    return undefined;
  }
}
