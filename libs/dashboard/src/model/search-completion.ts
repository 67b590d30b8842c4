import { term } from './search-term.js';

/** A term of the search: its example and its meaning, for the help and for the list under the search box. */
export interface SearchTerm {
  key: string;
  example: string;
  words: string;
  /** Values to choose from; others are allowed too. */
  values?: readonly string[];
}

/** The terms in the order of the help. The server reads them (`query/search`). */
export const SEARCH_TERMS: readonly SearchTerm[] = [
  { key: 'contact', example: 'contact:ana', words: 'of one contact' },
  {
    key: 'status',
    example: 'status:failed',
    words: 'failed: error, timeout, interrupted or silent',
    values: ['failed', 'completed', 'error', 'silent', 'timeout', 'interrupted', 'cancelled', 'active'],
  },
  { key: 'agent', example: 'agent:sofia', words: 'that this agent worked on' },
  { key: 'tool', example: 'tool:book', words: 'in which this tool ran' },
  { key: 'model', example: 'model:gpt-5-mini', words: 'that called this model' },
  { key: 'host', example: 'host:graph.facebook.com', words: 'that called this host' },
  { key: 'cost', example: 'cost:>0.01', words: 'that cost more, in US dollars', values: ['>0.001', '>0.01', '>0.1'] },
  { key: 'tokens', example: 'tokens:>1000', words: 'that used more tokens', values: ['>1000', '>10000', '>100000'] },
  {
    key: 'log',
    example: 'log:warn',
    words: 'with a log line of this level or above',
    values: ['warn', 'error', 'fatal'],
  },
  { key: 'instance', example: 'instance:web-1', words: 'that this instance recorded' },
  { key: 'tag', example: 'tag:plan=gold', words: 'with this tag, or this value of it' },
  {
    key: 'duration',
    example: 'duration:>2s',
    words: 'that took longer; < for shorter',
    values: ['>1s', '>5s', '<500ms'],
  },
  {
    key: 'since',
    example: 'since:2h',
    words: 'that began later; a time ago, or ISO 8601',
    values: ['15m', '1h', '24h', '7d'],
  },
  { key: 'until', example: 'until:30m', words: 'that began earlier', values: ['15m', '1h', '24h', '7d'] },
];

/** Other forms of the grammar. */
export const SEARCH_FORMS: readonly [string, string][] = [
  ['-tool:quote', 'not with this tool'],
  ['"no reply"', 'with this text'],
];

export interface Completion {
  /** The search with the completion in it. */
  text: string;
  /** Position of the caret in `text`. */
  caret: number;
  label: string;
  words: string;
  /** The term has a value: the search can run. */
  whole: boolean;
}

/** Values that the page has seen, by key: the models and tags of the traces in the list. */
export type KnownValues = Readonly<Record<string, readonly string[]>>;

const MOST = 14;
/** The term that ends at the caret. A term in quotes is text of the reader's own. */
const LAST = /(?:^|\s)(-?)(?:([a-z]+):)?([^\s":]*)$/i;

/** The term that is being written at the caret; nothing inside quotes or before other letters. */
export function termAt(
  text: string,
  caret: number,
): { minus: string; key: string | undefined; begun: string } | undefined {
  const before = text.slice(0, caret);
  const match = (before.match(/"/g) ?? []).length % 2 === 0 ? LAST.exec(before) : null;
  if (!match || /^\S/.test(text.slice(caret))) return undefined;
  const [, minus = '', key, begun = ''] = match;
  return { minus, key, begun };
}

/** Terms and values that can stand at the caret. */
export function completions(text: string, caret: number, known: KnownValues): Completion[] {
  const at = termAt(text, caret);
  if (!at) return [];
  const { minus, key, begun } = at;
  const before = text.slice(0, caret);
  const after = text.slice(caret);
  const kept = before.slice(0, before.length - minus.length - begun.length - (key === undefined ? 0 : key.length + 1));
  const built = (added: string, label: string, words: string, whole: boolean): Completion => ({
    text: `${kept}${minus}${added}${after}`,
    caret: kept.length + minus.length + added.length,
    label,
    words,
    whole,
  });
  const wanted = begun.toLowerCase();
  if (key === undefined) {
    return SEARCH_TERMS.filter((each) => each.key.startsWith(wanted))
      .slice(0, MOST)
      .map((each) => built(`${each.key}:`, each.example, each.words, false));
  }
  const row = SEARCH_TERMS.find((each) => each.key === key.toLowerCase());
  if (!row) return [];
  return [...new Set([...(known[row.key] ?? []), ...(row.values ?? [])])]
    .filter((value) => value.toLowerCase().includes(wanted) && value.toLowerCase() !== wanted)
    .slice(0, MOST)
    .map((value) => built(term(row.key, value), term(row.key, value), '', true));
}
