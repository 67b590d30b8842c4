import { sameCommand, withWholeId } from './same-command.js';

it.each([
  [['list'], 'npx nestjs-trace-collector list --before c1'],
  [['list', '--before', 'old', '--status', 'error'], 'npx nestjs-trace-collector list --status error --before c1'],
  [['list', '--before=old', '-q', 'a "b" $HOME'], `npx nestjs-trace-collector list -q 'a "b" $HOME' --before c1`],
  [['list', '--contact', '+52 155'], `npx nestjs-trace-collector list --contact '+52 155' --before c1`],
  [['list', '-q', "it's"], `npx nestjs-trace-collector list -q 'it'\\''s' --before c1`],
  [
    ['list', '--url', 'http://localhost:3000/debug?token=secret'],
    'npx nestjs-trace-collector list --url http://localhost:3000/debug --before c1',
  ],
  [
    ['list', '--store=postgres://me:secret@db/traces?sslmode=require'],
    `npx nestjs-trace-collector list '--store=postgres://me@db/traces?sslmode=require' --before c1`,
  ],
])('%j continues as %s', (words, line) => expect(sameCommand(words, '--before', 'c1')).toBe(line));

it('puts the whole id in the place of its beginning', () => {
  expect(withWholeId(['diff', 'ana', 'last-ok', '--dir', 'x y'], 'ana_20240120_143022_000001')).toBe(
    "npx nestjs-trace-collector diff ana_20240120_143022_000001 last-ok --dir 'x y'",
  );
  expect(withWholeId(['trace', '-'], 'ana_1')).toBe('npx nestjs-trace-collector trace ana_1');
});
