import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ValueKind } from '../../../trace/src/contract/insights.response.js';
import { VALUE_KINDS } from '../../../trace/src/contract/insights.response.js';
import { oneLine, visible } from '../format/visible.js';
import { completions, termAt } from '../model/search-completion.js';
import type { Completion, KnownValues } from '../model/search-completion.js';
import { unknownKey } from '../model/unknown-keys.js';
import { useKeys } from '../state/keys.js';
import { useValues } from '../state/use-values.js';
import { Icon } from './icon.js';

interface SearchBoxProps {
  q: string;
  onSearch: (q: string | undefined) => void;
  /** Values to offer, by key. */
  known: KnownValues;
  /** Why the server refuses the search. */
  problem?: string;
}

const WAIT_MS = 300;
const NONE = -1;

/** One search for all pages: the same text as in the URL and in `get-trace list -q`. A list offers its terms and values. */
export function SearchBox({ q, onSearch, known, problem }: SearchBoxProps) {
  const [text, setText] = useState(q);
  const [caret, setCaret] = useState(q.length);
  const [isListed, setListed] = useState(false);
  const [active, setActive] = useState(NONE);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  // Before the next key: Escape asks whether there is a text.
  useLayoutEffect(() => setText(q), [q]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const search = (value: string) => {
    clearTimeout(timer.current);
    if (value.trim() !== q) onSearch(value.trim() || undefined);
  };
  const at = Math.min(caret, text.length);
  const term = isListed ? termAt(text, at) : undefined;
  const kind = VALUE_KINDS.find((name) => name === term?.key?.toLowerCase());
  const found = useValues(kind, term?.begun ?? '');
  const offered = isListed ? completions(text, at, withFound(known, kind, found)) : [];
  const chosen = offered[active];
  const hide = () => {
    setListed(false);
    setActive(NONE);
  };
  const take = ({ text: next, caret: to, whole }: Completion) => {
    // A search for the text before would bring that text back.
    clearTimeout(timer.current);
    setText(next);
    setCaret(to);
    setActive(NONE);
    if (whole) {
      hide();
      search(next);
    }
    const box = input.current;
    if (!box) return;
    box.value = next;
    box.focus();
    box.setSelectionRange(to, to);
  };
  const move = (step: number) => {
    setListed(true);
    const count = isListed ? offered.length : 1;
    if (count > 0) setActive(((active < 0 && step < 0 ? 0 : active) + step + count) % count);
  };
  useKeys({ '/': () => input.current?.select() });
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        hide();
        search(text);
      }}
    >
      <Icon name="search" />
      <input
        ref={input}
        type="text"
        role="combobox"
        enterkeyhint="search"
        aria-label="Search traces"
        aria-expanded={offered.length > 0}
        aria-invalid={problem !== undefined}
        aria-describedby="search-problem"
        aria-autocomplete="list"
        aria-controls="search-terms"
        aria-activedescendant={chosen && `search-term-${active}`}
        placeholder='contact:  status:  model:  cost:>0.01  since:1h  -not  "text"'
        autocomplete="off"
        spellcheck={false}
        value={text}
        onFocus={() => setListed(true)}
        onBlur={hide}
        onSelect={({ currentTarget }) => setCaret(currentTarget.selectionEnd ?? text.length)}
        onInput={({ currentTarget: { value, selectionEnd } }) => {
          setText(value);
          setCaret(selectionEnd ?? value.length);
          setListed(true);
          setActive(NONE);
          clearTimeout(timer.current);
          // A key that has no value yet is not worth asking for.
          if (!/:[<>]?=?$|(?:^|\s)-$/.test(value)) timer.current = setTimeout(() => search(value), WAIT_MS);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault();
            move(event.key === 'ArrowDown' ? 1 : -1);
          } else if (chosen && (event.key === 'Enter' || event.key === 'Tab')) {
            event.preventDefault();
            take(chosen);
          }
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          hide();
          if (chosen) return;
          if (text === '') event.currentTarget.blur();
          else {
            setText('');
            search('');
          }
        }}
      />
      <ul
        id="search-terms"
        class="search-terms"
        role="listbox"
        aria-label="Terms of the search"
        hidden={offered.length === 0}
      >
        {offered.map((each, index) => (
          <li
            key={each.label}
            id={`search-term-${index}`}
            role="option"
            aria-selected={index === active}
            // The input keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(each)}
          >
            <code>{oneLine(each.label, 80)}</code> <span class="muted">{each.words}</span>
          </li>
        ))}
      </ul>
      <div id="search-problem">
        {problem === undefined ? (
          <UnknownKey q={q} onSearch={onSearch} />
        ) : (
          <p class="search-problem" role="alert">
            {visible(problem)}
          </p>
        )}
      </div>
    </form>
  );
}

/** A key that the search does not have, and the key that was probably meant. */
function UnknownKey({ q, onSearch }: Pick<SearchBoxProps, 'q' | 'onSearch'>) {
  const unknown = unknownKey(q);
  if (!unknown) return null;
  const { key, near, corrected } = unknown;
  return (
    <p class="search-problem" role="status">
      <code>{oneLine(key, 24)}:</code> is no search key.{' '}
      {near && (
        <>
          Did you mean{' '}
          <button type="button" class="quiet" onClick={() => onSearch(corrected)}>
            <code>{near}:</code>
          </button>
          ?{' '}
        </>
      )}
      It is searched as text.
    </p>
  );
}

/** The values of the rows behind those of the server. */
function withFound(known: KnownValues, kind: ValueKind | undefined, found: readonly string[]): KnownValues {
  return kind === undefined ? known : { ...known, [kind]: [...found, ...(known[kind] ?? [])] };
}
