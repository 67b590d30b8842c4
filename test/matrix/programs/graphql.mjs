import { cpSync } from 'node:fs';
import { join } from 'node:path';

const WELL = '✅ Workflow completed successfully';
const NOTHING_TRACED = 'ℹ️ No error was recorded; nothing inside the handler was traced';
const BECAME_200 = / \(became the response: 200\)$/;

/**
 * The expected trace of each document of `test/matrix/graphql/app.cjs`: its status, its one error, its first hint (a
 * text: how it begins), and its least duration in milliseconds.
 */
const EXPECTED = {
  good: ['completed', undefined, NOTHING_TRACED],
  throws: ['error', 'LeadResolver.book: calendar down', BECAME_200],
  'guard answers false': ['error', 'Mutation.tenant: Forbidden resource by TenantGuard', BECAME_200],
  'guard rejects': ['error', 'Mutation.token: no token by TokenGuard', BECAME_200],
  'nullable field throws': ['error', 'LeadResolver.forbidden: not this lead', BECAME_200],
  'field loader fails': ['error', 'GraphQL leads.0.score: scores are down', '❌ GraphQLError in GraphQL leads.0.score'],
  'unknown field': ['error', /^POST \/graphql: Cannot query field "phone" on type "Lead"/, /^🚫 Refused: HTTP 400: /],
  'no document': ['error', /^POST \/graphql: Syntax Error/, /^🚫 Refused: HTTP 400: /],
  'arrow guard answers false': ['error', 'Mutation.arrow: Forbidden resource by ArrowGuard', BECAME_200],
  'a step inside': ['completed', undefined, WELL],
  'a pipe refuses': ['error', /^LeadResolver\.age: Validation failed/, BECAME_200],
  'a filter answers': ['error', 'LeadResolver.filtered: hidden', '❌ Error in LeadResolver.filtered: hidden'],
  'work in the background': ['completed', undefined, WELL, 149],
  'late work': ['completed', undefined, '🕓 1 late event'],
  'control flow': ['completed', undefined, WELL],
  'the client leaves': ['cancelled', undefined, '🔌 The client went away after ', 149],
};

const DRIVERS = ['apollo', 'mercurius'];

/** By the major version of Nest: that of its packages for GraphQL. */
const GRAPHQL = { 11: '^13.0.0', 12: '^14.0.0' };

/** GraphQL, which answers 200 for most errors, and the hints about it, on both drivers of Nest. */
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
    'graphql-ws': '^6.0.0',
    mercurius: '^16.0.0',
    'reflect-metadata': '^0.2.2',
    rxjs: '^7.8.2',
    ws: '^8.18.0',
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
      const wrong = Object.keys(EXPECTED).filter((document) => !fits(seen, document, EXPECTED[document]));
      // Over a WebSocket, which is no request: it may leave no trace.
      const left = seen.find(({ name }) => name === 'a subscription is left');
      if (left?.self_errors !== 0 || left.active_traces !== 0) wrong.push('a subscription is left');
      if (wrong.length > 0) throw new Error(`${wrong.join(', ')}\n${stdout}`);
      return `${seen.length} situations`;
    });
  }
}

function fits(seen, document, [status, error, hint, leastMs = 0]) {
  const found = seen.find(({ name: sent }) => sent === document);
  if (found?.trace !== status) return false;
  // One duration: from the start to the end, without the quiet time.
  if (Math.abs(found.durationMs - found.clockMs) > 1 || found.durationMs < leastMs) return false;
  if (!(typeof hint === 'string' ? found.hints[0].startsWith(hint) : hint.test(found.hints[0]))) return false;
  const said = found.errors.map(
    ({ location, message, guard }) => `${location}: ${message}${guard ? ` by ${guard}` : ''}`,
  );
  if (error === undefined) return said.length === 0 && found.hints.length === 1;
  return said.length === 1 && (typeof error === 'string' ? said[0] === error : error.test(said[0]));
}
