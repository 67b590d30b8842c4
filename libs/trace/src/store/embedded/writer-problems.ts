import type { JournalWriter } from '../../journal/write/writer.js';

const NO_WATCHDOG =
  "The thread that writes what a hanging turn recorded (storage.durability 'turn') is not running, so a hang that is ended by force loses that";

/** Why the writer of a directory drops records, or may lose some, as sentences for people; none where it works. */
export function writerProblems({ failing, watchdogProblem }: JournalWriter, dir: string): string[] {
  const quiet = watchdogProblem === undefined ? [] : [`${NO_WATCHDOG}: ${watchdogProblem}.`];
  return [...(failing === undefined ? [] : [whyFailing(failing, dir)]), ...quiet];
}

function whyFailing(failing: string, dir: string): string {
  const then = 'Traces are dropped and counted until it works again.';
  if (failing === 'low_descriptors') {
    return `Almost all file descriptors are in use, and the rest is the application's (see ulimit -n). ${then}`;
  }
  if (failing !== 'low_space') return `Traces cannot be written: ${failing}. ${then}`;
  return `The disk of ${dir} is almost full, and what is left of it is the application's. ${then}`;
}
