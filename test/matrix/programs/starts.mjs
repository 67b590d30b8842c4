import { join } from 'node:path';

/** Versions in which a dependency of the package changed, and both ends of every range. */
const VERSIONS = ['11.0.0', '11.0.12', '11.1.3', '11.1.4', '11', '12.0.0', '12'];

/** An empty application starts and records, with every way of starting that Nest has. */
export const programs = VERSIONS.map((version) => ({
  name: `starts-${version}`,
  seconds: 25,
  run: async ({ project, exec, cell }) => {
    const args = [join(project, 'test/matrix/starts/main.mjs'), '--versions', version];
    const { code, stdout, stderr } = await exec(process.execPath, args, { cwd: project });
    const [ways, , ...rows] = stdout.trim().split('\n').map(cellsOf);
    if (rows.length !== 1) throw new Error(`${stdout}\n${stderr}`);
    const [, ...verdicts] = rows[0];
    for (const [index, verdict] of verdicts.entries()) {
      await cell(ways[index + 1], () => {
        if (verdict !== 'ok') throw new Error(verdict);
      });
    }
    if (code !== 0 && verdicts.every((verdict) => verdict === 'ok')) throw new Error(`exited with ${code}\n${stderr}`);
  },
}));

/** The cells of one line of a Markdown table. */
function cellsOf(line) {
  const cells = line.split('|').slice(1, -1);
  return cells.map((cell) => cell.trim());
}
