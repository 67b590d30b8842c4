/** Folds a text for search: SQLite folds the case of ASCII only. */
export function searchable(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** SQL's `has_text(q, …)`: whether one of the texts contains `q`, which is folded already. */
export function hasText(q: unknown, ...texts: unknown[]): 0 | 1 {
  const wanted = String(q);
  return texts.some((text) => typeof text === 'string' && searchable(text).includes(wanted)) ? 1 : 0;
}
