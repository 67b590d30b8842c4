import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const name = 'entry-points';
export const seconds = 20;

/** Every entry point that package.json exports loads, from both module systems, without output on stderr. */
export async function run({ project, install, exec, cell }) {
  const { exports } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  const names = Object.keys(exports).filter((entry) => !entry.includes('json'));
  const directory = await install('plain', {
    dependencies: {
      '@nestjs/common': '^12.0.0',
      '@nestjs/core': '^12.0.0',
      'reflect-metadata': '^0.2.2',
      rxjs: '^7.8.2',
    },
  });
  for (const kind of ['module', 'commonjs']) {
    for (const entry of names) {
      const specifier = `nestjs-trace-collector${entry.slice(1)}`;
      await cell(`${specifier} from ${kind}`, async () => {
        const code = kind === 'module' ? `await import('${specifier}')` : `require('${specifier}')`;
        const args = [`--input-type=${kind}`, '--eval', code];
        const result = await exec(process.execPath, args, { cwd: directory, timeoutSeconds: 30 });
        const seen = JSON.stringify(result);
        if (seen !== '{"code":0,"stdout":"","stderr":"","timedOut":false}') throw new Error(seen);
      });
    }
  }
  await cell('both builds of all entry points export the same names and share one context', async () => {
    const specifiers = JSON.stringify(names.map((entry) => `nestjs-trace-collector${entry.slice(1)}`));
    const code = `
      const require = process.getBuiltinModule('node:module').createRequire(process.cwd() + '/x.js');
      for (const name of ${specifiers}) {
        const [imported, required] = [await import(name), require(name)].map((module) => Object.keys(module).sort().join());
        if (imported !== required) throw new Error(name + ' differs: ' + imported + ' / ' + required);
      }
      const contexts = Object.getOwnPropertySymbols(globalThis).filter((key) => /trace-collector.context/.test(key.description));
      console.log(contexts.length);`;
    const result = await exec(process.execPath, ['--input-type=module', '--eval', code], {
      cwd: directory,
      timeoutSeconds: 30,
    });
    const seen = JSON.stringify(result);
    if (seen !== '{"code":0,"stdout":"1\\n","stderr":"","timedOut":false}') throw new Error(seen);
  });
}
