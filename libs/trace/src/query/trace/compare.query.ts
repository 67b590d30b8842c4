import type { CompareResponse } from '../../contract/responses.js';
import { compareTraces } from '../../views/compare/compare.js';
import { findTrace } from './find-trace.js';
import { findLastOk } from './last-ok.js';
import type { QueryContext } from '../query-context.js';
import { showTraces } from './show-trace.js';

/** @param b a trace id, a prefix that only one id has, or `last-ok`. */
export async function queryCompare(context: QueryContext, a: string, b: string): Promise<CompareResponse> {
  const first = await findTrace(context, a);
  const { stored, chosenBy } =
    b === 'last-ok'
      ? await findLastOk(context.store, first)
      : { stored: await findTrace(context, b), chosenBy: undefined };
  const [shownFirst, shownSecond] = await showTraces(context, [first, stored]);
  return compareTraces(shownFirst!, shownSecond!, chosenBy);
}
