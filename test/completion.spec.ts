import { spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTraceDirectory } from './support/cli-directory.js';
import { CLI, removeTemporaryDirectories, temporaryDirectory } from './support/cli-run.js';
import { run } from './support/run.js';

/** The scripts of `get-trace completion`, in their shells. */

let env: Record<string, string>;
const ids: string[] = [];

beforeAll(async () => {
  const bin = temporaryDirectory();
  writeFileSync(join(bin, 'get-trace'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
  chmodSync(join(bin, 'get-trace'), 0o755);
  const { dir, record, close } = await openTraceDirectory();
  ids.push(record('ana', 'hola'), record('bob', 'hola'));
  await close();
  // Port 1 has no listener: the directory answers, and the notice about that must not be among the candidates.
  env = {
    PATH: `${bin}:${process.env.PATH}`,
    TRACE_DIR: dir,
    TRACE_URL: 'http://localhost:1',
    HOME: temporaryDirectory(),
  };
});
afterAll(removeTemporaryDirectories);

const has = async (shell: string): Promise<boolean> => (await run('sh', ['-c', `command -v ${shell}`])).code === 0;
const shells = { bash: await has('bash'), zsh: await has('zsh'), fish: await has('fish') };
for (const [shell, there] of Object.entries(shells)) {
  if (!there) console.warn(`There is no ${shell} here: its completion is not run.`);
}

/** The candidates of the shell for a line, sorted. */
type Offers = (line: string) => Promise<string[]>;

const inBash: Offers = async (line) => {
  const script = `
    source <(get-trace completion bash)
    read -ra COMP_WORDS <<< "$1"
    [[ $1 == *' ' ]] && COMP_WORDS+=("")
    COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    _nestjs_trace_collector
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  return words(await run('bash', ['--norc', '-c', script, 'bash', line], { env }));
};

const inFish: Offers = async (line) => {
  const script = `get-trace completion fish | source; complete -C $argv[1]`;
  return words(await run('fish', ['--no-config', '-c', script, line], { env }));
};

function words({ code, stdout, stderr }: { code: number | null; stdout: string; stderr: string }): string[] {
  if (code !== 0) throw new Error(`the shell ended with ${code}: ${stderr}`);
  return stdout
    .split('\n')
    .map((word) => word.split('\t')[0]!.trim())
    .filter((word) => word !== '')
    .toSorted();
}

describe.each([
  ['bash', inBash],
  ['fish', inFish],
] as const)('in %s', (shell, offers) => {
  const check = shells[shell] ? it : it.skip;

  check(
    'commands, options, values, ids and contacts complete',
    async () => {
      expect(await offers('get-trace com')).toEqual(['completion']);
      expect(await offers('get-trace list --stat')).toEqual(['--status']);
      expect(await offers('get-trace list --status fa')).toEqual(['failed']);
      expect(await offers('get-trace list --status error,ti')).toEqual(['error,timeout']);
      expect(await offers('get-trace list --sort ')).toEqual(['cost', 'duration', 'started']);
      expect(await offers('get-trace errors re')).toEqual(['reopen', 'resolve']);
      expect(await offers('get-trace ta')).toEqual(['tail']);
      expect(await offers('get-trace trace ana_')).toEqual([ids[0]]);
      expect(await offers('get-trace trace ')).toEqual(ids.toSorted());
      expect(await offers('get-trace contact ')).toEqual(['ana', 'bob']);
      expect(await offers(`get-trace diff ${ids[0]} la`)).toEqual(['last-ok']);
      // Eleven shells, each of which starts the program twice.
    },
    60_000,
  );

  check('where nothing is known, nothing of ours is offered', async () => {
    expect(await offers('get-trace show tra')).toEqual([]);
  });
});

describe('in zsh', () => {
  (shells.zsh ? it : it.skip)('the Tab key completes a command and an id on a real line', async () => {
    // A shell on its own terminal, with typed input. It echoed its completion.
    const program = `
      zmodload zsh/zpty
      zpty shell 'TERM=dumb zsh -f -i'
      zpty -w shell 'PS1=""; unsetopt beep; autoload -U compinit; compinit -u -D; source <(get-trace completion zsh); echo rea""dy'
      zpty -r shell line '*ready*'
      zpty -w -n shell $'get-trace tra\\t'
      zpty -w -n shell $'ana\\t'
      zpty -w shell $'--raw; echo do""ne'
      while zpty -r shell line; do print -r -- "$line"; [[ $line == *done* ]] && break; done
      zpty -d shell`;
    const stdout = await typed(program);
    expect(stdout).toContain(`"trace_id":"${ids[0]}"`);
  });
});

/** zsh, for as long as it needs; its terminal is its own. */
async function typed(program: string): Promise<string> {
  const child = spawn('zsh', ['-f', '-c', program], {
    env: { ...env, TERM: 'dumb' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await new Promise((resolve) => child.on('close', resolve));
  return text;
}
