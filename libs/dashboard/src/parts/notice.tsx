import type { ComponentChildren } from 'preact';
import { ApiError } from '../api/client.js';
import { visible } from '../format/visible.js';

/** Why a page could not load, and what to do. The reason may contain captured text. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const unreachable = error instanceof ApiError && error.status === 0;
  return (
    <div class="notice notice-error" role="alert">
      <p>
        <strong>{unreachable ? 'The application does not answer.' : 'This could not be shown.'}</strong>{' '}
        {!unreachable && visible(error instanceof Error ? error.message : String(error))}
        {unreachable && 'It may be restarting; this page continues by itself when it responds again.'}
      </p>
      {retry && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <p class="loading" role="status">
      Loading {what}…
    </p>
  );
}

interface EmptyProps {
  title: string;
  /** It is the whole page. */
  whole?: boolean;
  children?: ComponentChildren;
}

export function Empty({ title, whole, children }: EmptyProps) {
  return (
    <div class="empty">
      {whole ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children}
    </div>
  );
}
