import type { TracesResponse } from '../api/responses.js';
import { ask } from '../api/client.js';
import { visible } from '../format/visible.js';
import { useLoad } from '../state/use-load.js';
import { Empty } from './notice.js';

const ID = /_(\d{4})(\d{2})(\d{2})_(\d{2})(\d{2})(\d{2})_\d{6}$/;
/** The stamp in an id is of the application's zone, which the page does not know: a day covers all of them. */
const DAY_MS = 86_400_000;

/** A missing id says whether it was pruned or never existed, as far as that can be known. */
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
        <a href="#/">See the traces there are</a>
      </p>
    </Empty>
  );
}

function why(stamp: number | undefined, older: TracesResponse | undefined): string {
  if (stamp === undefined)
    return 'This is not the id of a trace, so it never existed: ids end in a date, a time and six digits.';
  if (stamp > Date.now() + DAY_MS) return 'It never existed: its time is yet to come.';
  if (older === undefined) return '';
  return older.count === 0
    ? 'It was pruned: nothing that old is kept any more.'
    : 'Traces of its time are still kept, and it is not among them: it never existed here, or was erased.';
}

function stampOf(id: string): number | undefined {
  const parts = ID.exec(id)?.slice(1).map(Number);
  if (!parts) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
