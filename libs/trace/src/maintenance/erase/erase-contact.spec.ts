import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JournalWriter } from '../../journal/write/writer.js';
import type { JsonText } from '../../model/record.js';
import { MaintainedCatalog } from '../../catalog-worker/maintained-catalog.js';
import { openSqlite } from '../../catalog/db/sqlite/sqlite.js';

const CONTACT = 'z49hFQn0DxOX5sInJg60';
const SECRET = 'Mi teléfono es 5550123';

let dir: string;
let writer: JournalWriter;
let catalog: MaintainedCatalog;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'erase-'));
  writer = new JournalWriter({ dir });
  const hour = 3_600_000;
  catalog = new MaintainedCatalog({ dir, retention: { maxAgeMs: hour, maxBytes: Infinity, errorMaxAgeMs: 48 * hour } });
});
afterEach(() => {
  writer.close();
  catalog.close();
  rmSync(dir, { recursive: true, force: true });
});

function write(n: number, contact: string, { hoursAgo = 0, error = false, about = '', end = true } = {}): string {
  const trace = `${writer.writer.number}-${n}`;
  const ts = (Date.now() - hoursAgo * 3_600_000) * 1000 + n;
  const message = contact === CONTACT ? SECRET : 'hola';
  const id = `${contact}_20240120_143022_${String(n).padStart(6, '0')}`;
  writer.append({ kind: 'open', trace, id: `unknown_${n}`, traceparent: '', ts });
  writer.append({ kind: 'identify', trace, id, contact, message, message_id: `m-${contact}-${n}`, ts });
  writer.append({ kind: 'span', trace, span: 'a'.repeat(16), name: `ask ${contact}`, type: 'tool', ts });
  writer.append({ kind: 'event', trace, type: 'note', data: JSON.stringify({ message, about }) as JsonText, ts });
  if (error)
    writer.append({ kind: 'error', trace, location: 'x', type: 'E', message: `no ${contact}`, fingerprint: 'f', ts });
  if (end) writer.append({ kind: 'end', trace, status: 'completed', ts });
  return trace;
}

function filesWith(...texts: string[]): string[] {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap(({ parentPath, name }) => {
    const bytes = readFileSync(join(parentPath, name));
    return texts.filter((text) => bytes.includes(text)).map((text) => `${name}: ${text}`);
  });
}

test('no file contains anything of an erased contact: neither the log nor old places of its rows and copies', () => {
  for (let n = 1; n <= 40; n += 1) write(n, n % 4 ? CONTACT : `other-${n}`, { hoursAgo: 2, error: n % 3 === 0 });
  writer.rotate();
  for (let n = 41; n <= 80; n += 1) write(n, n % 4 ? CONTACT : `other-${n}`, { about: n % 8 ? '' : CONTACT });
  const running = write(81, CONTACT, { end: false });
  while (!catalog.turn(50));
  expect(filesWith(CONTACT, SECRET).length).toBeGreaterThan(0);

  const { removed } = catalog.maintainer.eraseContact(CONTACT);
  expect(removed).toBe(30 + 1 + 10);
  expect(filesWith(CONTACT, SECRET)).toEqual([]);
  expect(catalog.queries.list({ q: SECRET }, 10, undefined).heads).toEqual([]);
  expect(catalog.queries.list({ q: CONTACT.slice(4, 12) }, 10, undefined).heads).toEqual([]);

  writer.append({ kind: 'event', trace: running, type: 'late', data: JSON.stringify(SECRET) as JsonText, ts: 1 });
  catalog.queries.catchUp();
  expect(filesWith(CONTACT, SECRET)).toEqual([]);
  expect(catalog.maintainer.eraseContact(CONTACT)).toEqual({ removed: 0 });
  expect(catalog.queries.list({}, 100, undefined).heads.every(({ contactId }) => contactId.startsWith('other-'))).toBe(
    true,
  );
});

test('bytes that SQLite left when it moved a row are removed', () => {
  for (let n = 1; n <= 4; n += 1) write(n, n === 1 ? CONTACT : `other-${n}`);
  catalog.queries.catchUp();
  // SQLite sometimes leaves bytes that belong to no row.
  const careless = openSqlite(join(dir, 'catalog.db'));
  careless.exec(`
    PRAGMA secure_delete = OFF;
    CREATE TABLE moved (text TEXT);
    INSERT INTO moved SELECT contact_id || ' ' || message FROM traces;
    DROP TABLE moved;
    PRAGMA wal_checkpoint(TRUNCATE);
  `);
  careless.close();
  expect(filesWith(CONTACT, SECRET).filter((file) => file.startsWith('catalog.db'))).toHaveLength(2);

  catalog.queries.catchUp();
  expect(catalog.maintainer.eraseContact(CONTACT)).toEqual({ removed: 1 });
  expect(filesWith(CONTACT, SECRET)).toEqual([]);
  expect(
    catalog.queries
      .list({}, 10, undefined)
      .heads.map(({ contactId }) => contactId)
      .sort(),
  ).toEqual(['other-2', 'other-3', 'other-4']);
  write(5, CONTACT);
  catalog.queries.catchUp();
  expect(catalog.queries.list({}, 10, undefined).heads).toHaveLength(4);
});
