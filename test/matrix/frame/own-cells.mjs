import { cpSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs `test/matrix/<folder>/main.mjs` in a directory where its packages are installed. It prints one line of JSON per cell:
 * `{ "cell", "fault"?, "note"? }`.
 */
export async function runOwnCells({ project, exec, cell, log }, directory, folder, timeoutSeconds) {
  cpSync(join(project, 'test/matrix', folder), join(directory, folder), { recursive: true });
  const { code, stdout, stderr } = await exec(process.execPath, [`${folder}/main.mjs`], {
    cwd: directory,
    timeoutSeconds,
  });
  const rows = stdout.split('\n').filter((line) => line.startsWith('{'));
  for (const row of rows) {
    const { cell: title, fault, note } = JSON.parse(row);
    await cell(title, () => {
      if (fault) throw new Error(fault);
      return note;
    });
  }
  if (code !== 0 || rows.length === 0) throw new Error(`exited with ${code} after ${rows.length} cells\n${stderr}`);
  if (stderr) log(stderr);
}
