import type { ErrorAnswer } from '../api/answers.js';
import { visible } from '../format/visible.js';
import { href } from '../state/route.js';
import { CopyButton } from './copy-button.js';
import { ValueTree } from './value-tree.js';

/** All that is known of an error: the message first, whole; then where, why, with what. */
export function ErrorDetail({ error }: { error: ErrorAnswer }) {
  return (
    <div class="error-detail">
      <p class="error-message">
        <strong>{visible(error.type)}</strong> in <code>{visible(error.location)}</code>
      </p>
      <p class="error-text">
        <bdi>{visible(error.message) || 'no message'}</bdi>
      </p>
      {error.stack !== null && (
        <pre class="stack" tabIndex={0} aria-label="Stack">
          {visible(error.stack)}
        </pre>
      )}
      {error.cause !== null && error.cause !== undefined && (
        <>
          <h2 class="small-head">Cause</h2>
          <ValueTree value={error.cause} path={['cause']} />
        </>
      )}
      {error.context !== null && error.context !== undefined && (
        <>
          <h2 class="small-head">Context</h2>
          <ValueTree value={error.context} path={['context']} />
        </>
      )}
      <p class="detail-actions">
        <CopyButton
          label="Copy the error"
          what="the error"
          text={() => error.stack ?? `${error.type}: ${error.message}`}
        />
        <a href={href('errors', { f: error.fingerprint })}>All of this kind</a>
      </p>
    </div>
  );
}
