import { CliError, Exit, usageError } from '../cli-error.js';
import { safeLines } from './terminal.js';

/** Asks on stderr and reads one line. Throws unless the answer is yes; an empty stdin is a usage error. */
export async function confirm(question: string, signal: AbortSignal): Promise<void> {
  const { createInterface } = await import('node:readline');
  process.stderr.write(`${await safeLines(question)} [y/N] `);
  const lines = createInterface({ input: process.stdin, signal });
  let answer: string | undefined;
  for await (const line of lines) {
    answer = line;
    break;
  }
  lines.close();
  process.stdin.destroy();
  if (answer === undefined) {
    process.stderr.write('\n');
    throw usageError('no confirmation on stdin: give -f (--force) to skip it');
  }
  if (!/^\s*y(?:es)?\s*$/i.test(answer)) throw new CliError('DECLINED', Exit.unexpected, 'nothing was deleted');
}
