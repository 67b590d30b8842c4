import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './icon.js';

const KEYS: [string, string][] = [
  ['j, k', 'next, previous row or event'],
  ['Enter', 'open what is selected'],
  ['/', 'search, or find inside a trace'],
  ['e', 'only failed traces; inside a trace: the next error'],
  ['c', 'mark a trace, then compare another with it'],
  ['y', 'copy the link'],
  ['Esc', 'back'],
  ['?', 'this help'],
];

const SEARCH: [string, string][] = [
  ['contact:ana', 'of one contact'],
  ['status:failed', 'error, timeout, interrupted or silent'],
  ['status:active', 'also completed, cancelled; several as status:error,timeout'],
  ['agent:sofia tool:book', 'that an agent or a tool worked on'],
  ['duration:>2s', 'that took longer; < for shorter'],
  ['since:2h until:30m', 'times ago, or ISO 8601'],
  ['-tool:quote', 'not with this tool'],
  ['"no reply"', 'with this text'],
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
        <List title="Search, here and in get-trace list -q" entries={SEARCH} />
      </div>
    </dialog>
  );
}

function List({ title, entries }: { title: string; entries: [string, string][] }) {
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
