import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dependenciesOf, OLDEST, VERSIONS } from '../nest/versions.mjs';

/**
 * The suites of http, messages and queues, on each version of Nest and on both adapters (`--platform`: on one):
 * applications compiled against that version, with the packed package, each in a separate process.
 */
export const programs = VERSIONS.map((version) => ({
  name: `nest-${version}`,
  seconds: 60,
  run: (context) => runOn(version, context),
}));

async function runOn(version, { project, platforms, install, exec, mustExec, cell }) {
  const dependencies = dependenciesOf(version);
  const directory = await install('consumer', { type: 'module', dependencies }, { legacyPeers: OLDEST.has(version) });
  cpSync(join(project, 'test/matrix/nest/app'), join(directory, 'app'), { recursive: true });
  const tsc = join(project, 'node_modules/typescript/bin/tsc');
  await mustExec(process.execPath, [tsc, '-p', join(directory, 'app')], { cwd: directory });
  const core = join(directory, 'node_modules/@nestjs/core/package.json');
  const installed = JSON.parse(readFileSync(core, 'utf8')).version;
  for (const platform of platforms) {
    await cell(`${installed} × ${platform}`, () => suites({ project, directory, installed, platform, exec }));
  }
}

/** Runs the suites with Jest. Returns their count; throws with the report when one fails or none ran. */
async function suites({ project, directory, installed, platform, exec }) {
  const output = join(directory, `${platform}.json`);
  const jest = join(project, 'node_modules/jest/bin/jest.js');
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest];
  const config = join(project, 'test/matrix/nest/jest.config.js');
  const args = ['--config', config, '--ci', '--runInBand', '--json', `--outputFile=${output}`];
  const env = { MATRIX_CONSUMER: directory, MATRIX_PLATFORM: platform, MATRIX_NEST: installed, NODE_ENV: 'test' };
  const { code, stderr } = await exec(process.execPath, [...node, ...args], { cwd: project, env });
  if (code !== 0) throw new Error(stderr);
  const { numPassedTests, numPendingTests } = JSON.parse(readFileSync(output, 'utf8'));
  if (numPassedTests === 0) throw new Error(`no test ran\n${stderr}`);
  return `${numPassedTests} tests${numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''}`;
}
