import { isExcluded, type TextExclusions } from '../../model/trace-search.js';
import { hasText } from '../../model/text.js';

/** Exclusions of a search as a parameter of SQL: texts are folded, contacts have their lookup keys beside them. */
export interface ExclusionsParam extends TextExclusions {
  contactKeys: number[];
}

/** The parameter of the statement that runs: parsed once, compared with thousands of rows. */
let parsed: { json: string; not: ExclusionsParam } | undefined;

/** SQL's `is_excluded(exclusions, contact, lookup keys, agents, route, tools, texts…)`. */
export function isExcludedRow(...[exclusions, contact, keys, agents, route, tools, ...texts]: unknown[]): 0 | 1 {
  const json = String(exclusions);
  if (parsed?.json !== json) parsed = { json, not: JSON.parse(json) as ExclusionsParam };
  const { not } = parsed;
  const ownKeys = not.contactKeys.length === 0 ? [] : (list(keys) as number[]);
  const excluded =
    not.contactKeys.some((key) => ownKeys.includes(key)) ||
    isExcluded(not, {
      hasContact: (id) => id === contact,
      agents: not.agents ? (list(agents) as string[]) : [],
      route: not.agents ? (list(route) as string[]) : [],
      tools: not.tools ? (list(tools) as string[]) : [],
      hasText: (wanted) => hasText(wanted, ...texts) === 1,
    });
  return excluded ? 1 : 0;
}

function list(json: unknown): unknown[] {
  return JSON.parse(String(json)) as unknown[];
}
