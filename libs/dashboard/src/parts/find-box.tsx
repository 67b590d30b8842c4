import { useEffect, useRef, useState } from 'preact/hooks';
import { useKeys } from '../state/keys.js';
import { Icon } from './icon.js';

interface FindBoxProps {
  text: string;
  count: number;
  /** Number of the current hit, from 1; 0 where there is none. */
  at: number;
  onFind: (text: string | undefined) => void;
  onStep: (step: number) => void;
  /** Number of events that were searched only in part: some of their values are not loaded. */
  missing: number;
  /** Loads these values. */
  onMissing: () => void;
}

const WAIT_MS = 150;

/** Searches all events of the trace, also closed ones and those that are not on the page. */
export function FindBox({ text, count, at, onFind, onStep, missing, onMissing }: FindBoxProps) {
  const [value, setValue] = useState(text);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useKeys({ '/': () => input.current?.select() });
  return (
    <form class="search find" role="search" onSubmit={(event) => event.preventDefault()}>
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label="Find in this trace"
        placeholder="Find in this trace"
        autocomplete="off"
        spellcheck={false}
        value={value}
        onInput={({ currentTarget }) => {
          setValue(currentTarget.value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => onFind(currentTarget.value || undefined), WAIT_MS);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1);
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          if (value === '') event.currentTarget.blur();
          setValue('');
          onFind(undefined);
        }}
      />
      {text !== '' && <output class="find-count">{count === 0 ? 'not found' : `${at} of ${count}`}</output>}
      {text !== '' && missing > 0 && (
        <button type="button" class="quiet" onClick={onMissing}>
          Look into {missing === 1 ? 'the large event' : `${missing} large events`} too
        </button>
      )}
    </form>
  );
}
