import type { SourceLineDto } from '../api/responses.js';
import { visible } from '../format/visible.js';
import { LargeValue } from '../model/large-value.js';
import { stackLines } from '../model/stack-lines.js';
import { record } from '../model/trace-log.js';
import { LargeValueStub } from './large-value-stub.js';
import { LongText } from './long-text.js';
import { Stack } from './stack.js';
import { ValueTree } from './value-tree.js';

interface LogDetailProps {
  /** Data of the event: level, context, message, error, data. */
  line: Record<string, unknown>;
  source: readonly SourceLineDto[];
}

/** A log line: the whole message, the error that was logged with it, and further fields. */
export function LogDetail({ line, source }: LogDetailProps) {
  const { message, error, data, level: _level, context: _context, ...rest } = line;
  const fields = { ...rest, ...(data !== undefined && { data }) };
  const { type, message: text, stack, ...details } = record(error);
  return (
    <div class="error-detail">
      <p class="log-message">
        {message instanceof LargeValue ? (
          <LargeValueStub value={message} name="the message" />
        ) : typeof message === 'string' ? (
          <LongText text={message} name="long-text" />
        ) : (
          <ValueTree value={message ?? null} path={['data', 'message']} />
        )}
      </p>
      {(typeof type === 'string' || typeof text === 'string') && (
        <p>
          {typeof type === 'string' && <strong>{visible(type)}</strong>}{' '}
          {typeof text === 'string' && <bdi>{visible(text)}</bdi>}
        </p>
      )}
      {typeof stack === 'string' && <Stack lines={stackLines(stack, source)} label="Stack" />}
      {Object.keys(details).length > 0 && <ValueTree value={details} path={['data', 'error']} />}
      {error !== undefined && typeof error !== 'object' && <ValueTree value={error} path={['data', 'error']} />}
      {error instanceof LargeValue && <ValueTree value={error} path={['data', 'error']} />}
      {Object.keys(fields).length > 0 && <ValueTree value={fields} path={['data']} />}
    </div>
  );
}
