import { useEffect, useRef } from 'preact/hooks';
import { SEARCH_FORMS, SEARCH_TERMS } from '../model/search-completion.js';
import { Icon } from './icon.js';

const KEYS: [string, string][] = [
  ['j, k', 'next, previous row or event'],
  ['Enter', 'open what is selected'],
  ['/', 'search, or find inside a trace'],
  ['e', 'only failed traces; inside a trace: the next error'],
  ['f', 'inside a trace: show or fold outgoing calls and log lines'],
  ['c', 'mark a trace, then compare another with it'],
  ['r, i', 'on the page of errors: resolve or reopen, ignore or reopen the group'],
  ['t', 'on the page of errors: the traces of the group'],
  ['u', 'undo, while the message about it is shown'],
  ['y', 'copy the link'],
  ['Esc', 'back'],
  ['?', 'this help'],
];

const SEARCH: readonly [string, string][] = [
  ...SEARCH_TERMS.map(({ example, words }): [string, string] => [example, words]),
  ...SEARCH_FORMS,
];

export function HelpDialog({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={onClose}>
      <header>
        <h2 id="help-title">Keys and search</h2>
        <button type="button" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </header>
      <div class="help-columns">
        <List title="Keys" entries={KEYS} />
        <List title="Search, here and in npx nestjs-trace-collector list -q" entries={SEARCH} />
      </div>
    </dialog>
  );
}

function List({ title, entries }: { title: string; entries: readonly [string, string][] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {entries.map(([name, words]) => (
          <div key={name}>
            <dt>
              <kbd>{name}</kbd>
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
