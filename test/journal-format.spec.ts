import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const page = readFileSync('docs/journal-format.md', 'utf8');
const code = readFileSync('libs/trace/src/journal/codec/record-members.ts', 'utf8');
const commands = /```sh\n(.*?)```/s
  .exec(page)![1]!
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

describe('the page of the journal format', () => {
  it('has every member and every kind', () => {
    const members = [...code.matchAll(/member\('(\w+)'\)/g)].map((match) => match[1]!);
    const kinds = [...code.slice(0, code.indexOf('satisfies')).matchAll(/^ {6}'(\w+)',$/gm)].map((match) => match[1]!);
    expect(members.length).toBeGreaterThan(50);
    expect(kinds).toHaveLength(13);
    expect([...members, ...kinds].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it.each(commands)('has a command that finds something: %s', (command) => {
    const hasJq = command.includes('jq') && !isInstalled('jq');
    const runnable = hasJq ? command.slice(0, command.indexOf('| jq')) : command;
    const found = execFileSync('bash', ['-c', runnable], { cwd: 'test/support/journal-format-1', encoding: 'utf8' });
    expect(found.trim()).not.toBe('');
  });
});

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version']);
    return true;
  } catch {
    return false;
  }
}
