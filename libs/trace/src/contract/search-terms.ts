/**
 * Keys of the search language and what follows each: the server parses with them, and a page completes them. `-` before a
 * key excludes, except `since:`, `until:`, `cost:` and `tokens:`.
 */
export const SEARCH_KEYS = {
  contact: 'ana',
  status: 'error',
  agent: 'sofia',
  tool: 'book',
  model: 'gpt-5-mini',
  host: 'api.openai.com',
  tag: 'plan=pro',
  instance: 'web-1',
  log: 'warn',
  duration: '>2s',
  cost: '>0.01',
  tokens: '>1000',
  since: '2h',
  until: '2026-01-31',
} as const;

/** A key of the search language. */
export type SearchKey = keyof typeof SEARCH_KEYS;

/** One term of a search: `-key:value`, `-"text"`, or a word. `whole` is the text as it was written. */
export interface SearchTerm {
  whole: string;
  key: SearchKey | undefined;
  value: string;
  negated: boolean;
  quoted: boolean;
}

const TERM = new RegExp(`(-?)(?:(${Object.keys(SEARCH_KEYS).join('|')}):)?(?:"([^"]*)"|(\\S+))`, 'giy');

/** The terms of a search in order. A quote that is not closed makes the rest one word. */
export function searchTerms(text: string): SearchTerm[] {
  const terms: SearchTerm[] = [];
  const pattern = new RegExp(TERM);
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) {
      const rest = text.slice(at);
      return [...terms, { whole: rest, key: undefined, value: rest, negated: false, quoted: false }];
    }
    at = pattern.lastIndex;
    const [whole, minus, key, quoted, bare = ''] = match;
    terms.push({
      whole,
      key: key?.toLowerCase() as SearchKey | undefined,
      value: quoted ?? bare,
      negated: minus !== '',
      quoted: quoted !== undefined,
    });
  }
  return terms;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text[at] ?? '')) at += 1;
  return at;
}
