import type { FullTraceResponse } from '../api/responses.js';
import { ROOT, askText, urlOf } from '../api/client.js';
import { asCurl } from '../format/curl.js';
import { LargeValue } from '../model/large-value.js';
import { compareHref } from '../state/route.js';
import { CopyButton } from './copy-button.js';
import { Icon } from './icon.js';
import { PinButton } from './pin-button.js';

/** Actions on a trace: copy, download, pin, compare. */
export function TraceActions({ trace, local }: { trace: FullTraceResponse; local: boolean }) {
  const id = trace.trace_id;
  return (
    <div class="actions" role="group" aria-label="Share and keep">
      {!local && (
        <>
          <CopyButton
            label="Copy for Claude"
            what="the trace as Markdown"
            text={() => askText('export', { id, format: 'md' })}
          />
          <a class="button" href={urlOf('export', { id })} download={`${id}.json`}>
            <Icon name="download" />
            Download
          </a>
        </>
      )}
      {local && <CopyButton label="Copy as JSON" what="the trace" text={() => JSON.stringify(trace, null, 2)} />}
      {trace.webhook.method !== null && (
        <CopyButton label="Copy as curl" icon="path" what="the webhook as curl" text={() => curlOf(trace)} />
      )}
      {!local && (
        <>
          <PinButton id={id} pinned={trace.pinned === true} />
          <CopyButton label="Copy link" icon="link" what="the link" text={() => location.href} />
          <a class="button" href={compareHref(id, 'last-ok')}>
            <Icon name="route" />
            Compare with last completed
          </a>
        </>
      )}
    </div>
  );
}

/** The command contains the whole body, also one that the page has not loaded. */
async function curlOf({ webhook }: FullTraceResponse): Promise<string> {
  const { body } = webhook;
  const whole = body instanceof LargeValue ? (await body.load()).webhook?.body : body;
  return asCurl({ webhook: { ...webhook, body: whole } }, ROOT.origin);
}
