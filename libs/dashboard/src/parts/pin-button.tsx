import { useState } from 'preact/hooks';
import { send } from '../api/client.js';
import { say, sayWhy } from '../state/toast.js';
import { Icon } from './icon.js';

/** Keeps a trace from retention and clear, and lets it go again. */
export function PinButton({ path, pinned: was }: { path: string; pinned: boolean }) {
  const [pinned, setPinned] = useState(was);
  const toggle = async () => {
    try {
      await send(pinned ? 'DELETE' : 'PUT', `${path}/pin`);
      setPinned(!pinned);
      say(pinned ? 'No longer kept: it goes when its time is over' : 'Kept, until it is unpinned');
    } catch (error) {
      sayWhy(error);
    }
  };
  return (
    <button type="button" aria-pressed={pinned} onClick={() => void toggle()}>
      <Icon name="pin" />
      Pin
    </button>
  );
}
