import { useState } from 'preact/hooks';
import { visible } from '../format/visible.js';

const SHOWN_CHARACTERS = 2_000;
/** A browser needs seconds to lay out a text of megabytes. Copying always copies the whole text. */
const MORE_CHARACTERS = 200_000;

/** A captured text: its beginning, and a button for more of it. `empty` is shown for a text without characters. */
export function LongText({ text, name, empty = '' }: { text: string; name: string; empty?: string }) {
  const [length, setLength] = useState(SHOWN_CHARACTERS);
  const shown = text.slice(0, length);
  const left = text.length - shown.length;
  return (
    <>
      <bdi class={name}>{visible(shown) || empty}</bdi>
      {left > 0 && (
        <button type="button" class="quiet" onClick={() => setLength(length + MORE_CHARACTERS)}>
          show {Math.min(left, MORE_CHARACTERS).toLocaleString()} more of {text.length.toLocaleString()} characters
        </button>
      )}
    </>
  );
}
