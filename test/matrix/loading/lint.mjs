import { newerNode, run } from './installation.mjs';

/** Results of the two package linters on ours. */
export async function* lintCells(tarball) {
  const env = { PATH: `${await newerNode()}:${process.env.PATH}` };
  for (const [name, args] of [
    ['publint', ['publint@0.3', 'run', tarball, '--strict']],
    ['attw', ['@arethetypeswrong/cli@0.18', tarball]],
  ]) {
    const { code, output } = await run('npx', ['--yes', ...args], { env });
    yield { name, ok: code === 0, detail: code === 0 ? '' : output };
  }
}
