import assert from 'node:assert/strict';

/** The one hint of a trace in which nothing went wrong. */
export const COMPLETED = ['✅ Workflow completed successfully'];

/** A call that went well has a line only if it took a second: on a busy machine. */
const SLOW_CALL = /^🌐 HTTP: .* → 2\d\d$/;

/** Hints about time, which a busy machine adds. They take the place of `COMPLETED`. */
const SLOW = /^(?:🐢|🐌|⏳)/u;

/** The timeline without the parts that differ between runs: the time of each line, durations, and slow calls. */
export function linesOf({ timeline }) {
  const lines = timeline.map((line) => withoutTimes(line.replace(/^\[[\d:]+\] /, '')));
  return lines.filter((line) => !SLOW_CALL.test(line));
}

function withoutTimes(text) {
  return text.replace(/\d+(?:\.\d+)? m?s\b/g, 'N ms');
}

/**
 * Asserts the status, all lines of the timeline, and the hints of a trace: exactly `COMPLETED`, or at least those given. A
 * trace in which something went wrong may have further hints.
 */
export function expectTrace(trace, { status, lines, hints }) {
  const all = trace.debug_hints.map(withoutTimes);
  const actual = { status: trace.status, lines: linesOf(trace), hints: shownHints(all, hints) };
  assert.deepEqual(actual, { status, lines, hints }, JSON.stringify({ ...actual, hints: all }, null, 1));
}

function shownHints(all, wanted) {
  if (wanted !== COMPLETED) return all.filter((hint) => wanted.includes(hint));
  const others = all.filter((hint) => !SLOW.test(hint));
  return others.length === 0 && all.length > 0 ? COMPLETED : others;
}

/** The events of a type, without those that say the same again. */
export function eventsOf(trace, type) {
  return trace.events.filter((event) => event.type === type && event.data?.again !== true);
}

/** The only event of a type. */
export function eventOf(trace, type) {
  const events = eventsOf(trace, type);
  assert.equal(events.length, 1, `${events.length} events ${type} in ${JSON.stringify(trace.events, null, 1)}`);
  return events[0];
}
