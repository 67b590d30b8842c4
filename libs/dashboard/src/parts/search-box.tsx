import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useKeys } from '../state/keys.js';
import { Icon } from './icon.js';

interface SearchBoxProps {
  q: string;
  onSearch: (q: string | undefined) => void;
}

const WAIT_MS = 300;

/** One search for all pages: the same text as in the URL and in `get-trace list -q`. */
export function SearchBox({ q, onSearch }: SearchBoxProps) {
  const [text, setText] = useState(q);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  // Before the next key: Escape asks whether there is a text.
  useLayoutEffect(() => setText(q), [q]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const search = (value: string) => {
    clearTimeout(timer.current);
    if (value.trim() !== q) onSearch(value.trim() || undefined);
  };
  useKeys({ '/': () => input.current?.select() });
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        search(text);
      }}
    >
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label="Search traces"
        placeholder='contact:  status:  agent:  tool:  duration:>2s  since:1h  -not  "text"'
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={({ currentTarget: { value } }) => {
          setText(value);
          clearTimeout(timer.current);
          // A key that has no value yet is not worth asking for.
          if (!/:>?$|(?:^|\s)-$/.test(value)) timer.current = setTimeout(() => search(value), WAIT_MS);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          if (text === '') event.currentTarget.blur();
          else {
            setText('');
            search('');
          }
        }}
      />
    </form>
  );
}
