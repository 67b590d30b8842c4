import { InvalidArgumentError } from 'commander';
import { parseStatuses, STATUS_FILTER_HELP, type TraceStatus } from '../../../libs/trace/src/model/status.js';

/** The statuses of `--status error`, `--status error,timeout` or `--status failed`. Throws for a word that is no status. */
export function parseStatusFilter(value: string): TraceStatus[] {
  const statuses = parseStatuses(value);
  if (!statuses) throw new InvalidArgumentError(`Give ${STATUS_FILTER_HELP}.`);
  return statuses;
}
