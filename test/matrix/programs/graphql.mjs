import { cpSync } from 'node:fs';
import { join } from 'node:path';

/** What each document of `test/matrix/graphql/app.cjs` must leave: the trace's status and its one error. */
const EXPECTED = {
  good: ['completed'],
  throws: ['error', 'LeadResolver.book: calendar down'],
  'guard answers false': ['error', 'Mutation.tenant: Forbidden resource by TenantGuard'],
  'guard rejects': ['error', 'Mutation.token: no token by TokenGuard'],
  'nullable field throws': ['error', 'LeadResolver.forbidden: not this lead'],
  'field loader fails': ['error', 'GraphQL leads.0.score: scores are down'],
  'unknown field': ['error', /^POST \/graphql: Cannot query field "phone" on type "Lead"/],
  'no document': ['error', /^POST \/graphql: Syntax Error/],
};

const DRIVERS = ['apollo', 'mercurius'];

/** By the major version of Nest: that of its packages for GraphQL. */
const GRAPHQL = { 11: '^13.0.0', 12: '^14.0.0' };

/** Errors of GraphQL, which answers 200 for most of them, on both drivers of Nest. */
export const programs = Object.keys(GRAPHQL).map((nest) => ({
  name: `graphql-${nest}`,
  seconds: 60,
  run: (context) => runOn(nest, context),
}));

async function runOn(nest, { project, install, exec, cell }) {
  const version = { core: `^${nest}.0.0`, graphql: GRAPHQL[nest] };
  const dependencies = {
    '@nestjs/common': version.core,
    '@nestjs/core': version.core,
    '@nestjs/platform-express': version.core,
    '@nestjs/platform-fastify': version.core,
    '@nestjs/graphql': version.graphql,
    '@nestjs/apollo': version.graphql,
    '@nestjs/mercurius': version.graphql,
    '@apollo/server': '^5.0.0',
    '@as-integrations/express5': '^1.0.0',
    'class-validator': '^0.14.0',
    graphql: '^16.0.0',
    mercurius: '^16.0.0',
    'reflect-metadata': '^0.2.2',
    rxjs: '^7.8.2',
  };
  const directory = await install('graphql', { dependencies }, { legacyPeers: true });
  const app = join(directory, 'app.cjs');
  cpSync(join(project, 'test/matrix/graphql/app.cjs'), app);
  for (const driver of DRIVERS) {
    await cell(driver, async () => {
      const { code, stdout, stderr } = await exec(process.execPath, [app, driver], {
        cwd: directory,
        timeoutSeconds: 90,
      });
      if (code !== 0) throw new Error(`exited with ${code}\n${stderr}`);
      const seen = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const wrong = Object.entries(EXPECTED).filter(([document, expected]) => !fits(seen, document, expected));
      if (wrong.length > 0) throw new Error(`${wrong.map(([document]) => document).join(', ')}\n${stdout}`);
      return `${seen.length} documents`;
    });
  }
}

function fits(seen, document, [status, error]) {
  const found = seen.find(({ name: sent }) => sent === document);
  if (found?.trace !== status) return false;
  const said = found.errors.map(
    ({ location, message, guard }) => `${location}: ${message}${guard ? ` by ${guard}` : ''}`,
  );
  if (error === undefined) return said.length === 0;
  return said.length === 1 && (typeof error === 'string' ? said[0] === error : error.test(said[0]));
}
