import type { AttributeValue } from '../../../trace/src/model/attributes.js';
import { oneLine } from '../format/visible.js';
import { term } from '../model/search-term.js';
import { searchHref } from '../state/route.js';

/** Tags of a trace as chips; each leads to the traces with the same tag. */
export function Tags({ tags }: { tags: Readonly<Record<string, AttributeValue>> }) {
  const entries = Object.entries(tags);
  if (entries.length === 0) return null;
  return (
    <ul class="tags" aria-label="Tags">
      {entries.map(([key, value]) => (
        <li key={key}>
          <a class="chip" href={searchHref(term('tag', `${key}=${value}`))}>
            <bdi>{oneLine(`${key}=${value}`, 60)}</bdi>
          </a>
        </li>
      ))}
    </ul>
  );
}
