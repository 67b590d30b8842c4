import { useState } from 'preact/hooks';
import { jsonPath } from '../format/json-path.js';
import type { PathPart } from '../format/json-path.js';
import { preview, visible } from '../format/visible.js';
import { LargeValue } from '../model/large-value.js';
import { searchTerm, withTerm } from '../model/search-term.js';
import { lastSearch } from '../state/live-list.js';
import { go, searchHref } from '../state/route.js';
import { copy } from '../state/toast.js';
import { Icon } from './icon.js';
import { LargeValueStub } from './large-value-stub.js';
import { LongText } from './long-text.js';

/** Entries shown at first; a button shows the rest. */
const SHOWN_ENTRIES = 100;
/** Values this small are open from the start. */
const OPEN_ENTRIES = 12;

interface ValueProps {
  value: unknown;
  path: readonly PathPart[];
  /** Number of levels that are open at first. */
  open?: number;
}

/** Any JSON as a tree of text nodes. Closed branches are not rendered, so a payload of megabytes costs nothing until it is opened. */
export function ValueTree({ value, path, open = 2 }: ValueProps) {
  const isLarge = value instanceof LargeValue;
  if (typeof value === 'object' && value !== null && !isLarge)
    return <Branch value={value} path={path} open={open} root />;
  return (
    <div class="tree">
      {isLarge ? <LargeValueStub value={value} name={jsonPath(path)} /> : <Leaf value={value} path={path} />}
    </div>
  );
}

function Branch({ value, path, open = 0, root }: ValueProps & { value: object; root?: boolean }) {
  const entries = Array.isArray(value)
    ? value.map((inner, index): [PathPart, unknown] => [index, inner])
    : Object.entries(value);
  const [shown, setShown] = useState(SHOWN_ENTRIES);
  if (entries.length === 0) {
    return <span class="tree-empty">{Array.isArray(value) ? '[ ] empty' : '{ } empty'}</span>;
  }
  return (
    <ul class={root ? 'tree' : undefined}>
      {entries.slice(0, shown).map(([key, inner]) => (
        <Entry key={key} name={key} value={inner} path={[...path, key]} open={open - 1} />
      ))}
      {entries.length > shown && (
        <li>
          <button type="button" class="quiet" onClick={() => setShown(shown + 1000)}>
            {entries.length - shown} more
          </button>
        </li>
      )}
    </ul>
  );
}

function Entry({ name, value, path, open = 0 }: ValueProps & { name: PathPart }) {
  const isLarge = value instanceof LargeValue;
  const inner = typeof value === 'object' && value !== null ? value : undefined;
  const small = inner !== undefined && Object.keys(inner).length <= OPEN_ENTRIES;
  const [isOpen, setOpen] = useState(open > 0 && small);
  if (isLarge) {
    return (
      <li>
        <Key name={name} />
        <LargeValueStub value={value} name={jsonPath(path)} />
      </li>
    );
  }
  if (inner === undefined) {
    return (
      <li>
        <Key name={name} />
        <Leaf value={value} path={path} />
      </li>
    );
  }
  return (
    <li>
      <button type="button" class="fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name="chevron" />
        <Key name={name} />
        {!isOpen && <span class="tree-preview">{preview(inner, 90)}</span>}
      </button>
      <Actions value={value} path={path} />
      {isOpen && <Branch value={inner} path={path} open={open} />}
    </li>
  );
}

function Key({ name }: { name: PathPart }) {
  return <span class="tree-key">{typeof name === 'number' ? name : <bdi>{visible(name)}</bdi>}</span>;
}

function Leaf({ value, path }: { value: unknown; path: readonly PathPart[] }) {
  if (typeof value !== 'string') {
    return (
      <>
        <span class={`tree-${value === null ? 'null' : typeof value}`}>{String(value)}</span>
        <Actions value={value} path={path} />
      </>
    );
  }
  return (
    <>
      <LongText text={value} name={value.includes('\n') ? 'tree-string tree-lines' : 'tree-string'} empty={'""'} />
      <Actions value={value} path={path} />
    </>
  );
}

function Actions({ value, path }: { value: unknown; path: readonly PathPart[] }) {
  const name = jsonPath(path);
  const term = searchTerm(path, value);
  const text = () => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));
  return (
    <span class="tree-actions">
      <button
        type="button"
        title="Copy the value"
        aria-label={`Copy the value of ${name}`}
        onClick={() => void copy(text(), name)}
      >
        <Icon name="copy" />
      </button>
      <button
        type="button"
        title="Copy the path"
        aria-label={`Copy the path ${name}`}
        onClick={() => void copy(name, 'the path')}
      >
        <Icon name="path" />
      </button>
      {term !== undefined && (
        <button
          type="button"
          title={`Add ${term} to the search`}
          aria-label={`Add ${name} to the search`}
          onClick={() => go(searchHref(withTerm(lastSearch.peek(), term)))}
        >
          <Icon name="filter" />
        </button>
      )}
    </span>
  );
}
