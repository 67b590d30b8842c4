import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useKeys } from '../state/keys.js';
import { Icon } from './icon.js';

interface TextFilterProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

const WAIT_MS = 300;

/** A text that narrows what the page shows; it searches when the reader pauses. */
export function TextFilter({ label, value, onChange }: TextFilterProps) {
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useLayoutEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useKeys({ '/': () => input.current?.select() });
  const change = (next: string, wait: number) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(next.trim()), wait);
  };
  return (
    <form class="search" role="search" onSubmit={(event) => (event.preventDefault(), change(text, 0))}>
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={label}
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => change(currentTarget.value, WAIT_MS)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || text === '') return;
          event.stopPropagation();
          change('', 0);
        }}
      />
    </form>
  );
}
