import type { TraceStatus } from '../api/responses.js';
import { Icon } from './icon.js';

/** Icon, word and colour: none of the three alone. */
export function StatusBadge({ status }: { status: TraceStatus }) {
  return (
    <span class={`badge badge-${status}`}>
      <Icon name={status} />
      {status}
    </span>
  );
}
