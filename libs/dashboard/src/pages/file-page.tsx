import { oneLine, visible } from '../format/visible.js';
import { record } from '../model/trace-log.js';
import { Icon } from '../parts/icon.js';
import { Hints } from '../parts/marked-line.js';
import { TraceView } from '../parts/trace-view.js';
import { ValueTree } from '../parts/value-tree.js';
import { useKeys } from '../state/keys.js';
import { fileProblem, open, openFile } from '../state/open-file.js';
import { go, href } from '../state/route.js';

/** A trace from a file, shown like any other. The file stays in this browser. */
export function FilePage() {
  const file = openFile.value;
  useKeys({ Escape: () => go(href('')) });
  return (
    <>
      <header class="page-header">
        <h1>{file ? oneLine(file.name, 80) : 'Open a file'}</h1>
      </header>
      <div class={file ? 'drop drop-small' : 'drop'}>
        <Icon name="file" />
        <p>Drop an exported or a full trace here, or choose one. The file stays in this browser.</p>
        <label class="button">
          Choose a file
          <input
            class="sr-only"
            type="file"
            accept=".json,application/json"
            onChange={({ currentTarget: { files } }) => files?.[0] && void open(files[0])}
          />
        </label>
      </div>
      {fileProblem.value !== undefined && (
        <p class="notice notice-error" role="alert">
          {fileProblem.value}
        </p>
      )}
      {file?.read.kind === 'trace' && <TraceView trace={file.read.trace} local />}
      {file?.read.kind === 'export' && <Export value={file.read.value} />}
    </>
  );
}

function Export({ value }: { value: Record<string, unknown> }) {
  const { debug_hints: hints, timeline } = value;
  return (
    <article class="trace">
      <h2>
        <bdi>{oneLine(String(value.webhook_message ?? value.trace_id), 240)}</bdi>
      </h2>
      <p class="muted">
        {oneLine(String(value.status ?? ''), 20)} · {oneLine(String(value.contact_id ?? ''), 64)} ·{' '}
        {record(value.summary).message_sent === true ? 'reply sent' : 'NO REPLY RECORDED'}
      </p>
      {Array.isArray(hints) && <Hints hints={hints.map(String)} />}
      {Array.isArray(timeline) && (
        <ol class="plain-timeline" aria-label="Timeline">
          {timeline.map((line, index) => (
            <li key={index}>
              <bdi>{visible(String(line))}</bdi>
            </li>
          ))}
        </ol>
      )}
      <h2>Everything in the file</h2>
      <ValueTree value={value} path={[]} open={1} />
    </article>
  );
}
