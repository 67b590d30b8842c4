import type { TracesResponse } from '../api/responses.js';
import { ask } from '../api/client.js';
import { visible } from '../format/visible.js';
import { useLoad } from '../state/use-load.js';
import { Empty } from './notice.js';

const ID = /_(\d{4})(\d{2})(\d{2})_(\d{2})(\d{2})(\d{2})_\d{6}$/;
/** The time in an id is in the application's zone, which the page does not have. A day covers every zone. */
const DAY_MS = 86_400_000;

/** Says whether a missing trace was deleted by retention or never existed, where its id shows that. */
export function MissingTrace({ id }: { id: string }) {
  const stamp = stampOf(id);
  const { value } = useLoad(`missing ${id}`, async (abort) => {
    if (stamp === undefined) return undefined;
    const until = new Date(stamp + DAY_MS).toISOString();
    return ask('traces', { limit: 1, until }, abort);
  });
  return (
    <Empty whole title="There is no such trace">
      <p>
        <code>{visible(id)}</code>
      </p>
      <p>{why(stamp, value)}</p>
      <p>
        <a href="#/">Show all traces</a>
      </p>
    </Empty>
  );
}

function why(stamp: number | undefined, older: TracesResponse | undefined): string {
  if (stamp === undefined) return 'This is not a trace id: ids end in a date, a time and six digits.';
  if (stamp > Date.now() + DAY_MS) return 'It never existed: its time is in the future.';
  if (older === undefined) return '';
  return older.count === 0
    ? 'Retention deleted it: no trace of that age is left.'
    : 'Other traces of its time are still kept: it never existed here, or it was erased.';
}

function stampOf(id: string): number | undefined {
  const parts = ID.exec(id)?.slice(1).map(Number);
  if (!parts) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
