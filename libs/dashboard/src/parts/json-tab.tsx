import { useEffect } from 'preact/hooks';
import type { FullTraceResponse } from '../api/responses.js';
import { useLargeValues } from '../state/large-values.js';
import { Failure, Loading } from './notice.js';
import { ValueTree } from './value-tree.js';

/** The whole response as JSON. Opening the tab loads the missing values. */
export function JsonTab({ trace, missing }: { trace: FullTraceResponse; missing: number }) {
  const large = useLargeValues();
  const incomplete = missing > 0;
  const load = () => {
    // The state contains the failure.
    large?.loadAll().catch(() => undefined);
  };
  useEffect(() => {
    if (incomplete) load();
  }, [incomplete, large]);
  const state = large?.all.value;
  if (incomplete && state?.is === 'failed') return <Failure error={state.error} retry={load} />;
  if (incomplete) return <Loading what={missing === 1 ? 'a large value' : `${missing} large values`} />;
  return (
    <div class="json">
      <ValueTree value={trace} path={[]} open={1} />
    </div>
  );
}
