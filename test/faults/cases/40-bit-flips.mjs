import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listSegments } from '../../../dist/libs/trace/src/journal/read/segments.js';
import { openStore } from '../support/open-store.mjs';
import { readJournal } from '../support/journal.mjs';
import { withDir } from '../support/place.mjs';
import { recorded } from '../support/recorded.mjs';

export const cases = [
  {
    name: 'bit flips in the journal, one at a time',
    run: ({ short }) => withDir((dir) => oneByOne(dir, short ? 200 : 1_000)),
  },
  {
    name: 'bit flips in the journal, all at once',
    run: ({ short }) => withDir((dir) => allAtOnce(dir, short ? 200 : 1_000)),
  },
];

/** Any bit except in the last byte: the end of the last line may still be missing, so its absence is no damage. */
function flip(bytes) {
  const at = Math.floor(Math.random() * (bytes.length - 1));
  bytes[at] ^= 1 << Math.floor(Math.random() * 8);
}

const total = (dir) => {
  const { records, corrupt } = readJournal(dir);
  return { records, corrupt };
};

/** Length of `{"crc":"00000000","kind":`. */
const BEGINNING_BYTES = 26;

/** Records of which neither the newline before them nor their first bytes are left: no reader can count them. */
function hiddenBeginnings(original, damaged) {
  let count = 0;
  for (let at = original.indexOf(10); at !== -1; at = original.indexOf(10, at + 1)) {
    if (damaged[at] === 10) continue;
    const end = at + 1 + BEGINNING_BYTES;
    if (original.compare(damaged, at + 1, end, at + 1, end) !== 0) count += 1;
  }
  return count;
}

async function oneByOne(root, flips) {
  const original = join(root, 'original');
  await recorded(original, 25);
  const { records: all } = total(original);
  const [{ path }] = listSegments(original);
  const bytes = readFileSync(path);
  const copy = join(root, 'copy');
  mkdirSync(join(copy, 'journal'), { recursive: true });
  const target = join(copy, 'journal', '00000001.ndjson');
  let worst = 0;
  let uncounted = 0;
  let lost = 0;
  for (let n = 0; n < flips; n += 1) {
    const damaged = Buffer.from(bytes);
    flip(damaged);
    writeFileSync(target, damaged);
    const { records, corrupt } = total(copy);
    lost += all - records;
    worst = Math.max(worst, all - records);
    // A flip in the case of a digit of the CRC changes nothing, and loses no record.
    if (all - records > corrupt) uncounted += 1;
  }
  return { ok: worst <= 1 && uncounted === 0, flips, most_lost_by_one: worst, lost, uncounted };
}

async function allAtOnce(dir, flips) {
  await recorded(dir, 4_000);
  const before = total(dir).records;
  const [{ path }] = listSegments(dir);
  const original = readFileSync(path);
  const bytes = Buffer.from(original);
  for (let n = 0; n < flips; n += 1) flip(bytes);
  writeFileSync(path, bytes);
  const hidden = hiddenBeginnings(original, bytes);
  rmSync(join(dir, 'catalog.db'));
  const { records, corrupt } = total(dir);
  const store = openStore({ dir });
  const { total: traces } = await store.stats.counts();
  const { corruptRecords } = await store.health();
  await store.close();
  const lost = before - records;
  return {
    ok: lost > 0 && lost <= flips && corrupt >= lost - hidden && corruptRecords === corrupt,
    flips,
    records: before,
    lost,
    counted: corrupt,
    hidden,
    counted_in_health: corruptRecords,
    traces,
  };
}
