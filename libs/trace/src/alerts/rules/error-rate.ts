import { booleanOption, durationOption, numberOption, objectOption } from '../../model/option-checks.js';
import type { Micros } from '../../model/record.js';
import { FAILED_STATUSES, hasFailed } from '../../model/status.js';
import type { TraceHead } from '../../model/trace.js';
import { ALL } from '../alert.js';
import {
  isClientError,
  listPath,
  namesOf,
  percent,
  ruleId,
  spellWindow,
  type WindowQueries,
  type WindowRule,
} from './rule.js';

/** Options of `alertWhen.errorRate`. */
export interface ErrorRateOptions {
  /** Share of failed traces above which it alerts, 0 to 1. Default: 0.1. */
  over?: number;
  /** Number of traces in the window from which a share means something. Default: 20. */
  of?: number;
  /** Traces that began in this time: `5m`, or milliseconds. Default: 5 minutes. */
  window?: number | string;
  /** Counts traces that were answered 4xx, too. Default: `false`, they are in neither number. */
  clientErrors?: boolean;
}

const PAGE = 500;
/** Pages of failed traces that are read. The share of the sender's errors among them is taken for all. */
const MAX_PAGES = 4;

export function errorRateRule(path: string, given: ErrorRateOptions): WindowRule {
  const { over, of, window, clientErrors } = objectOption(path, given, ['over', 'of', 'window', 'clientErrors']);
  const options = {
    over: numberOption(`${path}.over`, over, 0.1, { min: 0, max: 1 }),
    of: numberOption(`${path}.of`, of, 20, { min: 1, unit: 'traces' }),
    window_ms: durationOption(`${path}.window`, window, 300_000),
    client_errors: booleanOption(`${path}.clientErrors`, clientErrors, false),
  };
  const { over: share, of: least, window_ms: windowMs } = options;
  return {
    rule: 'errorRate',
    trigger: 'end',
    id: ruleId('errorRate', options),
    options,
    windowMs,
    isTouchedBy: hasFailed,
    find: async (store, now) => {
      const since = now - windowMs * 1_000;
      const { byStatus } = await store.sample({ since, until: now });
      const count = (statuses: readonly string[]): number =>
        Object.entries(byStatus).reduce((sum, [status, n]) => sum + (statuses.includes(status) ? n : 0), 0);
      const counted = count(Object.keys(byStatus).filter((status) => status !== 'active'));
      const failing = count(FAILED_STATUSES);
      // Without the sender's errors the share is lower still.
      if (counted < least || failing <= share * counted) return [];
      const { heads, ofClients } = await examined(store, since, byStatus.error ?? 0);
      const ignored = options.client_errors ? 0 : ofClients;
      const [total, failed] = [counted - ignored, failing - ignored];
      if (total < least || failed <= share * total) return [];
      return [
        {
          subject: ALL,
          title: `${percent(failed / total)} of traces failed in ${spellWindow(windowMs)}`,
          text: `${failed} of ${total} traces failed; the limit is ${percent(share)}.`,
          facts: { failed, traces: total, error_rate: failed / total },
          path: listPath('status:failed', since),
          captured: namesOf(options.client_errors ? heads : heads.filter((head) => !isClientError(head))),
        },
      ];
    },
  };
}

/** Failed traces of the range, newest first, and how many of all `errors` were the sender's. */
async function examined(
  store: WindowQueries,
  since: Micros,
  errors: number,
): Promise<{ heads: TraceHead[]; ofClients: number }> {
  const heads: TraceHead[] = [];
  let before: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const found = await store.list({ status: FAILED_STATUSES, since, limit: PAGE, before });
    heads.push(...found.heads);
    if (found.next === null) return { heads, ofClients: heads.filter(isClientError).length };
    before = found.next;
  }
  const seen = heads.filter(({ status }) => status === 'error');
  const share = seen.length === 0 ? 0 : seen.filter(isClientError).length / seen.length;
  return { heads, ofClients: Math.round(share * errors) };
}
