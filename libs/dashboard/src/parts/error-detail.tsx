import type { ErrorDto, SourceLineDto } from '../api/responses.js';
import { visible } from '../format/visible.js';
import { causeStacks, stackLines } from '../model/stack-lines.js';
import { href } from '../state/route.js';
import { CopyButton } from './copy-button.js';
import { Stack } from './stack.js';
import { ValueTree } from './value-tree.js';

interface ErrorDetailProps {
  error: ErrorDto;
  /** Source lines of the trace's stack frames. */
  source: readonly SourceLineDto[];
}

/** A whole error: message, location, cause, stack and context. */
export function ErrorDetail({ error, source }: ErrorDetailProps) {
  return (
    <div class="error-detail">
      <p class="error-message">
        <strong>{visible(error.type)}</strong> in <code>{visible(error.location)}</code>
        {error.guard !== undefined && (
          <>
            {' by '}
            <code>{visible(error.guard)}</code>
          </>
        )}
        {error.after_response && ', thrown after the response was sent'}
      </p>
      <p class="error-text">
        <bdi>{visible(error.message) || 'no message'}</bdi>
      </p>
      {error.stack !== null && <Stack lines={stackLines(error.stack, source)} label="Stack" />}
      {error.cause !== null && error.cause !== undefined && (
        <>
          <h2 class="small-head">Cause</h2>
          {/* The first frame is enough: the stack is below. */}
          {causeStacks(error.cause)
            .map((stack) => stackLines(stack, source).find(({ found }) => found))
            .map((line, index) => line && <Stack key={index} lines={[line]} label="Source of the cause" />)}
          <ValueTree value={error.cause} path={['cause']} />
        </>
      )}
      {error.detail !== null && error.detail !== undefined && (
        <>
          <h2 class="small-head">Detail</h2>
          <ValueTree value={error.detail} path={['detail']} />
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
