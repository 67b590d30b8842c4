import { byteSize } from '../format/bytes.js';
import { visible } from '../format/visible.js';
import type { LargeValue } from '../model/large-value.js';
import { useLargeValues } from '../state/large-values.js';

/** A large value that is not loaded: its beginning, its size, and a button that loads it. */
export function LargeValueStub({ value, name }: { value: LargeValue; name: string }) {
  const { seq, bytes, type, preview } = value;
  const state = useLargeValues()?.stateOf(seq).value;
  const size = byteSize(bytes);
  const load = async () => {
    await value.load();
    // The focused button disappears with the stub, so focus moves to the step.
    document.getElementById('step-panel')?.focus({ preventScroll: true });
  };
  return (
    <span class="large">
      {preview !== '' && <bdi class="tree-string">{visible(preview)}…</bdi>}
      <span class="large-size">
        {type}, {size}
      </span>
      {state?.is === 'loading' ? (
        <span class="loading" role="status">
          Loading…
        </span>
      ) : (
        <button type="button" aria-label={`Load ${name}, ${size}`} onClick={() => void load().catch(() => undefined)}>
          {state?.is === 'failed' ? 'Try again' : 'Load'}
        </button>
      )}
      {state?.is === 'failed' && (
        <span class="large-failed" role="alert">
          It could not be loaded: {visible(state.error instanceof Error ? state.error.message : String(state.error))}
        </span>
      )}
    </span>
  );
}
