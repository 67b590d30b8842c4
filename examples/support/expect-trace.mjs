import assert from 'node:assert/strict';

/** The timeline without the parts that differ between runs: the time of each line, and milliseconds. */
export function linesOf({ timeline }) {
  return timeline.map((line) => line.replace(/^\[[\d:]+\] /, '').replace(/\d+(?:\.\d+)? ms/g, 'N ms'));
}

/** Asserts status, all lines of the timeline, and all hints of a trace. */
export function expectTrace(trace, { status, lines, hints }) {
  const hintsOf = trace.debug_hints.map((hint) => hint.replace(/\d+(?:\.\d+)? ms/g, 'N ms'));
  const actual = { status: trace.status, lines: linesOf(trace), hints: hintsOf };
  assert.deepEqual(actual, { status, lines, hints }, JSON.stringify(actual, null, 1));
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
