import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needsPager, page, pagerOf } from './pager.js';
import { terminalOf } from './terminal.js';

const screen = { isTTY: true, columns: 80, rows: 24 };
const links = (
  env: Record<string, string>,
  asked: { color?: boolean; toFile?: boolean } = {},
  stream: object = screen,
) => terminalOf(stream, { TERM: 'xterm-256color', ...env }, { toFile: false, ...asked }).hyperlinks;

it.each<[boolean, Record<string, string>, object?, object?]>([
  [true, { TERM_PROGRAM: 'iTerm.app' }],
  [true, { VTE_VERSION: '6800' }],
  [false, { VTE_VERSION: '5000' }],
  [true, { WT_SESSION: '1' }],
  [true, { TERM: 'xterm-kitty' }],
  [false, {}],
  [false, { TERM_PROGRAM: 'Apple_Terminal' }],
  [false, { TERM_PROGRAM: 'iTerm.app', CI: 'true' }],
  [false, { TERM_PROGRAM: 'iTerm.app', NO_COLOR: '1' }],
  [false, { TERM_PROGRAM: 'iTerm.app' }, { color: false }],
  [false, { TERM_PROGRAM: 'iTerm.app', TERM: 'dumb' }],
  [false, { TERM_PROGRAM: 'iTerm.app' }, {}, { isTTY: false }],
  [true, { FORCE_HYPERLINK: '1', NO_COLOR: '1' }, {}, {}],
  [false, { FORCE_HYPERLINK: '1' }, { color: false }],
  [false, { FORCE_HYPERLINK: '1' }, { toFile: true }],
  [false, { FORCE_HYPERLINK: '0', TERM_PROGRAM: 'iTerm.app' }],
])('hyperlinks are %s with %j, %j', (expected, env, asked = {}, stream = screen) =>
  expect(links(env, asked, stream)).toBe(expected),
);

it('a pager is for texts that are longer than the screen', () => {
  expect(needsPager('a\n'.repeat(22), 24)).toBe(false);
  expect(needsPager('a\n'.repeat(23), 24)).toBe(true);
  expect(needsPager('a\n'.repeat(99), undefined)).toBe(false);
  expect(terminalOf(screen, {}, { toFile: false }).rows).toBe(24);
  expect(terminalOf(screen, {}, { toFile: true }).rows).toBeUndefined();
  expect(terminalOf({ ...screen, isTTY: false }, {}, { toFile: false }).rows).toBeUndefined();
});

it.each([
  [{}, 'less'],
  [{ PAGER: 'more -s' }, 'more -s'],
  [{ PAGER: '' }, undefined],
  [{ PAGER: ' cat ' }, undefined],
])('the pager of %j is %s', (env, command) => expect(pagerOf(env)?.command).toBe(command));

it('a text goes to the pager; one that cannot be started, or is left early, harms nothing', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'pager-'));
  expect(await page('the text', { PAGER: `cat > ${join(dir, 'out')}` })).toBe(true);
  expect(readFileSync(join(dir, 'out'), 'utf8')).toBe('the text');
  expect(await page('the text', { PAGER: 'no-such-pager-here 2>/dev/null' })).toBe(false);
  expect(await page('x'.repeat(1_000_000), { PAGER: 'true' })).toBe(true);
  rmSync(dir, { recursive: true });
});
