import { CHIPS, hasChip, toggleChip } from '../model/search-chips.js';
import { go, hrefWith } from '../state/route.js';
import { Icon } from './icon.js';

interface FilterChipsProps {
  q: string;
  /** The list shows the traces of one error group. */
  ofGroup: boolean;
}

/** Toggles for terms of the search; the URL, the search box and the chips show the same. */
export function FilterChips({ q, ofGroup }: FilterChipsProps) {
  return (
    <div class="chips" role="group" aria-label="Filters">
      {ofGroup && (
        <button type="button" class="toggle" aria-pressed onClick={() => go(hrefWith({ fingerprint: undefined }))}>
          one error group
          <Icon name="close" />
          <span class="sr-only">: show all</span>
        </button>
      )}
      {CHIPS.map((chip) => (
        <button
          key={chip.label}
          type="button"
          class="toggle"
          aria-pressed={hasChip(q, chip)}
          title={`${chip.key}:${chip.value}`}
          onClick={() => go(hrefWith({ q: toggleChip(q, chip), at: undefined }))}
        >
          {chip.label}
        </button>
      ))}
    </div>
  );
}
