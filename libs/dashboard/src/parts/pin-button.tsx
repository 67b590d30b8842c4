import { useState } from 'preact/hooks';
import { ask } from '../api/client.js';
import { say, sayWhy } from '../state/toast.js';
import { Icon } from './icon.js';

/** Protects a trace from retention and clear, or ends the protection. */
export function PinButton({ id, pinned: was }: { id: string; pinned: boolean }) {
  const [pinned, setPinned] = useState(was);
  const toggle = async () => {
    try {
      await ask(pinned ? 'unpin' : 'pin', { id });
      setPinned(!pinned);
      say(pinned ? 'Unpinned: retention and clear may delete it' : 'Pinned: retention and clear keep it');
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
