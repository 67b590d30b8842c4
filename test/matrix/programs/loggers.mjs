import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { runOwnCells } from '../frame/own-cells.mjs';
import { nest, OLDEST, VERSIONS } from '../nest/versions.mjs';

/** Loggers of each version of Nest and those that applications put behind it: the same output, each line once. */
export const programs = VERSIONS.map((version) => ({
  name: `loggers-${version}`,
  seconds: 40,
  async run(context) {
    const dependencies = {
      ...nest(version, 'common', 'core', 'platform-express'),
      'class-validator': '^0.15.1',
      'nest-winston': '^2.0.0',
      'nestjs-pino': '^5.2.1',
      pino: '^10.4.0',
      'pino-http': '^11.0.0',
      'reflect-metadata': '^0.2.2',
      rxjs: '^7.8.2',
      winston: '^3.17.0',
    };
    const legacyPeers = OLDEST.has(version);
    const directory = await context.install('consumer', { type: 'module', dependencies }, { legacyPeers });
    cpSync(join(context.project, 'test/support/keeping-in.mjs'), join(directory, 'loggers/keeping-in.mjs'));
    await runOwnCells(context, directory, 'loggers', 120);
  },
}));
