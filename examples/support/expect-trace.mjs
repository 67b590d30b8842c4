import assert from 'node:assert/strict';

/** The timeline without the parts that differ between runs: the time of each line, and milliseconds. */
export function linesOf({ timeline }) {
  return timeline.map((line) => withoutTimes(line.replace(/^\[[\d:]+\] /, '')));
}

function withoutTimes(text) {
  return text.replace(/\d+(?:\.\d+)? m?s\b/g, 'N ms');
}

/** The one hint of a trace in which nothing went wrong. */
/**
 * Asserts the status, all lines of the timeline, and the hints of a trace: exactly `COMPLETED`, or at least those given. A
 * trace in which something went wrong may have further hints.
 */
export function expectTrace(trace, { status, lines, hints }) {
  const all = trace.debug_hints.map(withoutTimes);
  const shown = hints === COMPLETED ? all : all.filter((hint) => hints.includes(hint));
  const actual = { status: trace.status, lines: linesOf(trace), hints: shown };
  assert.deepEqual(actual, { status, lines, hints }, JSON.stringify({ ...actual, hints: all }, null, 1));
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

export const COMPLETED = ['✅ Workflow completed successfully'];
