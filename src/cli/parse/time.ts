import { InvalidArgumentError } from 'commander';
import { fixedMoment, isMoment, MOMENT_HELP } from '../../../libs/trace/src/model/time.js';
import type { Moment } from '../../../libs/trace/src/contract/trace-queries.js';

/**
 * Microseconds where the text says so; a date or a time without an offset stays text: the source reads it, an
 * application in its `timeZone`, a directory in the zone of this process.
 *
 * @param now milliseconds; passed in by tests.
 */
export function parseMoment(value: string, now = Date.now()): Moment {
  if (!isMoment(value, now * 1_000)) throw new InvalidArgumentError(`Give ${MOMENT_HELP}.`);
  return fixedMoment(value, now * 1_000) ?? value.trim();
}
