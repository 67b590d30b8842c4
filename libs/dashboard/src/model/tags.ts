import { EVENT } from '../../../trace/src/model/vocabulary.js';
import type { AttributeValue } from '../../../trace/src/model/attributes.js';
import type { EventDto } from '../api/responses.js';
import { record } from './trace-log.js';

/** The tags that the events of a trace set; the last value of each key counts. */
export function tagsOf(events: readonly EventDto[]): Record<string, AttributeValue> {
  const tags = events
    .filter(({ type, name }) => type === EVENT.tag && name === null)
    .map(({ data }): [unknown, unknown] => [record(data).key, record(data).value]);
  return Object.fromEntries(
    tags.filter(
      (tag): tag is [string, AttributeValue] =>
        typeof tag[0] === 'string' && ['string', 'number', 'boolean'].includes(typeof tag[1]),
    ),
  );
}
