import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JournalWriter } from '../journal/write/writer.js';
import { Catalog } from './catalog.js';
import { lagText } from './index-lag.js';

const NOW = 1_700_000_000_000_000;
const SECOND = 1_000_000;

test.each([
  [12 * SECOND, 5_234_000, 'The index is 12 s behind (5.2 MB are not in it yet): the newest traces may be missing.'],
  [0, 99_999, 'The index is 1 s behind (99999 bytes are not in it yet): the newest traces may be missing.'],
  [600 * SECOND, 1e9, 'The index is 10 min behind (1000.0 MB are not in it yet): the newest traces may be missing.'],
  [7_200 * SECOND, 1e6, 'The index is 2 h behind (1.0 MB are not in it yet): the newest traces may be missing.'],
  [86_400 * 3 * SECOND, 1e6, 'The index is 3 d behind (1.0 MB are not in it yet): the newest traces may be missing.'],
])('an index that has all before %d µs ago, and %d bytes left', (age, bytes, sentence) => {
  expect(lagText({ bytes, since: NOW - age }, NOW)).toBe(sentence);
});

test('where no time is known, none is claimed', () => {
  expect(lagText({ bytes: 2_000_000, since: undefined }, NOW)).toBe(
    '2.0 MB of the journal are not in the index yet: traces may be missing.',
  );
});

describe('a catalog', () => {
  let dir: string;
  let catalog: Catalog;
  let writer: JournalWriter;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'index-lag-'));
    catalog = new Catalog({ dir });
    writer = new JournalWriter({ dir });
  });
  afterEach(() => {
    catalog.close();
    writer.close();
    rmSync(dir, { recursive: true, force: true });
  });

  function write(n: number): void {
    const trace = `${writer.writer.number}-${n}`;
    writer.append({ kind: 'open', trace, id: `c_${n}`, traceparent: '', ts: NOW + n });
  }

  test('lacks nothing after it has indexed everything', () => {
    write(1);
    catalog.catchUp();
    expect(catalog.lacking()).toBeUndefined();
  });

  test('says what it lacks after a turn that ended early, until a turn indexed the rest', () => {
    // More than a batch: a turn without time still reads one.
    for (let n = 1; n <= 200; n += 1) write(n);
    expect(catalog.catchUp(0)).toBe(false);
    expect(catalog.lacking()).toMatch(
      /^The index is \d+ d behind \(\d+ bytes are not in it yet\): the newest traces may/,
    );
    expect(catalog.state().problems).toEqual([
      expect.stringMatching(/^The index is being built: \d\d?% of the journal/),
    ]);
    catalog.catchUp();
    expect(catalog.lacking()).toBeUndefined();
    expect(catalog.counts().total).toBe(200);
    expect(catalog.state().problems).toEqual([]);
  });

  test('that lacks a little of the journal is not being built: health says how late it is', () => {
    for (let n = 1; n <= 1_500; n += 1) write(n);
    catalog.catchUp();
    for (let n = 1_501; n <= 1_600; n += 1) write(n);
    expect(catalog.catchUp(0)).toBe(false);
    expect(catalog.state().problems).toEqual([expect.stringMatching(/^The index is \d+ d behind/)]);
  });
});
