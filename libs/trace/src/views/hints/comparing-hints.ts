import type { HintDetail } from '../../contract/responses.js';
import type { AssembledTrace } from '../trace/assemble.js';
import { BASELINE_HINTS } from './baseline-hints.js';
import { CONTACT_HINTS } from './contact-hints.js';
import type { Related } from './related.js';
import { oneLine } from '../text/visible-text.js';

/** What is odd about a trace beside the others, with what says so. */
export function comparingHints(trace: AssembledTrace, surroundings: Related): HintDetail[] {
  const { baseline } = surroundings;
  const found = [
    ...(baseline ? BASELINE_HINTS.flatMap((rule) => rule(trace, baseline)) : []),
    ...CONTACT_HINTS.flatMap((rule) => rule(trace, surroundings)),
  ];
  return found.map((detail) => ({ ...detail, hint: oneLine(detail.hint) }));
}
