import { spawn } from 'node:child_process';
import type { Env } from '../config/settings.js';

/** Colours stay, lines are cut by the screen, and a text of one screen is printed without a pager. */
const LESS = ['-RFX'];

/** Whether a text is longer than the screen, so that its beginning would scroll away. */
export function needsPager(text: string, rows: number | undefined): boolean {
  if (rows === undefined) return false;
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  // One row is the prompt of the shell.
  return lines >= rows - 1;
}

/** The program of PAGER, or `less`; `undefined`: PAGER is empty or `cat`, so the text is printed as it is. */
export function pagerOf(env: Env): { command: string; args: string[]; shell: boolean } | undefined {
  const own = env['PAGER'];
  if (own === undefined) return { command: 'less', args: LESS, shell: false };
  // Only a name or a command line of the person's own shell: as in git and man.
  return own.trim() === '' || own.trim() === 'cat' ? undefined : { command: own, args: [], shell: true };
}

/** Shows a text page by page. Resolves when the person leaves the pager: `false` where it cannot be started. */
export async function page(text: string, env: Env): Promise<boolean> {
  const pager = pagerOf(env);
  if (!pager) return false;
  const { command, args, shell } = pager;
  const less = env['LESS'] === undefined ? { LESS: 'RFX' } : {};
  const child = spawn(command, args, { shell, stdio: ['pipe', 'inherit', 'inherit'], env: { ...process.env, ...less } });
  return new Promise((resolve) => {
    // A pager that is left early closes its end.
    child.stdin.on('error', () => undefined);
    child.once('error', () => resolve(false));
    // 127: the shell found no such program.
    child.once('close', (code) => resolve(!(shell && code === 127)));
    child.stdin.end(text);
  });
}
