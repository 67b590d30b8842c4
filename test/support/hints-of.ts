import { assemble } from '../../libs/trace/src/views/trace/assemble.js';
import { defineEventTypes } from '../../libs/trace/src/views/events/event-types.js';
import { hintDetails } from '../../libs/trace/src/views/hints/hints.js';
import type { HintContext } from '../../libs/trace/src/views/hints/hints.js';
import { summarize } from '../../libs/trace/src/views/trace/summary.js';
import type { StoredTrace } from '../../libs/trace/src/model/trace.js';
import { GUIDE_START, Story } from './story.js';

const types = defineEventTypes();

/** The only hint of a trace without a step that ended well. */
export const NOTHING = ['ℹ️ No error was recorded; nothing inside the handler was traced'];

/** The hints of a trace, nine seconds after the start of the guide's example. */
export function hintsOf(given: Story | StoredTrace, context: Partial<HintContext> = {}): string[] {
  const trace = assemble(given instanceof Story ? given.stored() : given);
  const summary = summarize(trace, types);
  const now = GUIDE_START + 9_000_000;
  const details = hintDetails(trace, { summary, types, duplicateOf: null, now, slowMs: 5_000, custom: [], ...context });
  return details.map(({ hint }) => hint);
}
