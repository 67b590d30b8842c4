/** A view that a person named: a page with its search, range, order and filters. */
export interface SavedView {
  name: string;
  /** The part of the URL that has the whole view: `#/?q=status%3Afailed`. */
  hash: string;
}

const MAX_VIEWS = 50;
const MAX_NAME = 60;
const MAX_HASH = 4_000;

/** The views in a stored text. What is no view of this page is left out: any script of the origin can write there. */
export function readViews(text: string | null): SavedView[] {
  try {
    const stored: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(stored) ? stored.filter(isView).slice(0, MAX_VIEWS) : [];
  } catch {
    return [];
  }
}

/** The views with one more in front. One with the same name is replaced; a name without letters changes nothing. */
export function withView(views: readonly SavedView[], { name, hash }: SavedView): SavedView[] {
  const named = name.trim().slice(0, MAX_NAME);
  if (named === '') return [...views];
  return [{ name: named, hash }, ...views.filter((each) => each.name !== named)].slice(0, MAX_VIEWS);
}

/** The views with another name for one of them, in the same order. */
export function renamed(views: readonly SavedView[], from: string, to: string): SavedView[] {
  const named = to.trim().slice(0, MAX_NAME);
  if (named === '') return [...views];
  return views
    .filter(({ name }) => name !== named || name === from)
    .map((view) => (view.name === from ? { ...view, name: named } : view));
}

/** The URL of a view without the selected row. */
export function viewHash(hash: string): string {
  const [path = '#/', query = ''] = hash.split('?');
  const params = new URLSearchParams(query);
  for (const name of ['at', 'f']) params.delete(name);
  return params.size === 0 ? path || '#/' : `${path}?${params}`;
}

function isView(value: unknown): value is SavedView {
  if (typeof value !== 'object' || value === null) return false;
  const { name, hash } = value as Record<string, unknown>;
  return (
    typeof name === 'string' &&
    name.length <= MAX_NAME &&
    typeof hash === 'string' &&
    hash.length <= MAX_HASH &&
    hash.startsWith('#/')
  );
}
