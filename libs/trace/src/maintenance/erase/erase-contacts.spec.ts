import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JournalWriter } from '../../journal/write/writer.js';
import { contactIdOf, contactSlug } from '../../model/contact-id.js';
import type { JsonText } from '../../model/record.js';
import { WASM } from '../../../../../test/support/wasm.js';
import { MaintainedCatalog } from '../../catalog-worker/maintained-catalog.js';
import { useSqlite } from '../../catalog/db/sqlite/sqlite.js';

let dir: string;
let writer: JournalWriter;
let catalog: MaintainedCatalog;
let n = 0;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'erase-contacts-'));
  writer = new JournalWriter({ dir });
  catalog = new MaintainedCatalog({ dir });
});
afterEach(() => {
  writer.close();
  catalog.close();
  rmSync(dir, { recursive: true, force: true });
});

const json = (value: unknown): JsonText => JSON.stringify(value) as JsonText;

interface Identity {
  contact: string;
  contacts?: string[];
  body?: unknown;
  again?: true;
}

/** A trace with the identities that it received one after the other. Returns its key. */
function write(...identities: Identity[]): string {
  n += 1;
  const trace = `${writer.writer.number}-${n}`;
  const ts = Date.now() * 1000 + n;
  const id = `${contactSlug(identities[0]!.contact)}_20240120_143022_${String(n).padStart(6, '0')}`;
  writer.append({ kind: 'open', trace, id, traceparent: '', path: `/webhook?n=${n}`, ts });
  for (const { body, ...identity } of identities) {
    writer.append({ kind: 'identify', trace, id, ...identity, body: body === undefined ? undefined : json(body), ts });
  }
  writer.append({ kind: 'end', trace, status: 'completed', ts });
  return trace;
}

/** Files of the directory that hold one of the texts, as UTF-8 or escaped in JSON. */
function filesWith(...texts: string[]): string[] {
  const forms = texts.flatMap((text) => [text, json(text).slice(1, -1), json(json(text)).slice(3, -3)]);
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap(({ parentPath, name }) => {
    const bytes = readFileSync(join(parentPath, name));
    // Compared as bytes: Node 24 aborts on a lone surrogate in a text.
    return forms.filter((form) => bytes.includes(Buffer.from(form))).map((form) => `${name}: ${form}`);
  });
}

const leftContacts = (): string[] => catalog.queries.list({}, 50, undefined).heads.map(({ contactId }) => contactId);

describe.each([
  ['a file', undefined],
  ['memory, as WASM has it', { wasm: WASM, onlyWasm: true }],
])('with the index in %s', (_kind, sqlite) => {
  beforeAll(() => useSqlite(sqlite));
  afterAll(() => useSqlite(undefined));

  test.each([
    ['control characters', 'ana\u0007\n\u0085perez'],
    ['half a pair of surrogates', 'ana-\ud83d-perez'],
    ['emoji', '👩‍🚀👍🏽'],
    ['one emoji', '👍'],
    ['256 characters', `${'x'.repeat(128)}${'ñ'.repeat(128)}`],
    ['more than 256 characters', `${'y'.repeat(300)}z`],
    ['text from right to left', '\u202eمرحبا يا عالم'],
    ['a slash', 'group/12345'],
    ['a percent sign', '100%25-ana'],
    ['quotes and backslashes', 'a"b\\c\\"d'],
    ['a leading dash', '-1001234567'],
    ['three letters', 'ana'],
  ])('nothing of a contact with %s is left in any file', (_, raw) => {
    const contact = contactIdOf(raw)!;
    const others =
      contact.length < 5
        ? {}
        : { text: `sent to ${raw}`, inner: json({ to: raw }), url: `/c/${encodeURIComponent(raw.toWellFormed())}` };
    write({ contact, body: { from: raw, message: 'hola' } });
    write({ contact: 'other-contact', body: others });
    write({ contact, body: { from: raw } });
    catalog.queries.catchUp();
    expect(filesWith(contact).length).toBeGreaterThan(0);
    expect(catalog.maintainer.eraseContact(contact)).toEqual({ removed: 2 });
    expect(filesWith(contact, contactSlug(contact))).toEqual([]);
    expect(filesWith(raw.slice(0, 243), encodeURIComponent(raw.slice(0, 100).toWellFormed()))).toEqual([]);
    expect(leftContacts()).toEqual(['other-contact']);
  });

  test('erasing the second contact of a POST erases the whole trace: its text is in the same body', () => {
    write({
      contact: 'first-contact',
      contacts: ['second-contact'],
      body: [{ from: 'second-contact', text: 'my secret' }],
    });
    write({ contact: 'first-contact', body: { text: 'alone' } });
    catalog.queries.catchUp();
    expect(catalog.maintainer.eraseContact('second-contact')).toEqual({ removed: 1 });
    expect(filesWith('second-contact', 'my secret')).toEqual([]);
    expect(leftContacts()).toEqual(['first-contact']);
  });

  test.each(['unknown', 'from-query'])(
    'a contact that was identified later is erased under its name, after %s',
    (before) => {
      const trace = write({ contact: before }, { contact: 'known-later', again: true, body: { from: 'known-later' } });
      if (before !== 'unknown')
        writer.append({ kind: 'contact', trace, contact: 'known-later', before, ts: Date.now() * 1000 });
      catalog.queries.catchUp();
      expect(catalog.queries.list({ contactId: 'known-later' }, 5, undefined).heads).toMatchObject([{ events: 1 }]);
      expect(catalog.maintainer.eraseContact('known-later')).toEqual({ removed: 1 });
      expect(filesWith('known-later')).toEqual([]);
    },
  );

  test('an alias finds the trace, and erases it', () => {
    const trace = `${writer.writer.number}-900`;
    const ts = Date.now() * 1000;
    writer.append({ kind: 'open', trace, id: 'crm-77_1', traceparent: '', ts });
    writer.append({ kind: 'identify', trace, id: 'crm-77_1', contact: 'crm-77', alias: '5215512344821', ts });
    catalog.queries.catchUp();
    expect(catalog.queries.list({ contactId: '5215512344821' }, 5, undefined).heads).toMatchObject([{ contacts: [] }]);
    expect(catalog.maintainer.eraseContact('5215512344821')).toEqual({ removed: 1 });
    expect(filesWith('5215512344821')).toEqual([]);
  });
});
