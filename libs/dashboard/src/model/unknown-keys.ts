import { SEARCH_KEYS, searchTerms } from '../../../trace/src/contract/search-terms.js';
import { editDistance } from '../../../trace/src/model/nearest-word.js';

/** A term that looks like `key:value` and whose key the search does not have. */
export interface UnknownKey {
  /** `agnt`, or `-agnt` in an exclusion. */
  key: string;
  /** A key of the search that is at most two letters away. */
  near: string | undefined;
  /** The search with `near` in its place. */
  corrected: string;
}

/** Not an address (`http://…`), and not a time (`10:30`). */
const LIKE_A_KEY = /^(-?)([a-z_]{2,20}):(?!\/\/)./i;

/** The first unknown key of a search. The server searches the term as text. */
export function unknownKey(q: string): UnknownKey | undefined {
  const terms = searchTerms(q);
  for (const [index, { whole, key, quoted }] of terms.entries()) {
    const [, minus = '', name] = (key === undefined && !quoted && LIKE_A_KEY.exec(whole)) || [];
    if (name === undefined) continue;
    const near = nearest(name.toLowerCase());
    const term = `${minus}${near ?? name}${whole.slice(minus.length + name.length)}`;
    return {
      key: minus + name,
      near,
      corrected: terms.map((each, at) => (at === index ? term : each.whole)).join(' '),
    };
  }
  return undefined;
}

function nearest(name: string): string | undefined {
  const found = Object.keys(SEARCH_KEYS)
    .map((key) => ({ key, away: editDistance(name, key) }))
    .sort((a, b) => a.away - b.away)[0];
  return found !== undefined && found.away <= 2 ? found.key : undefined;
}
