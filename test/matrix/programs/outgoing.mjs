import { runOwnCells } from '../frame/own-cells.mjs';

export const name = 'outgoing';
export const seconds = 45;

const BEFORE_NODE_22 = Number(process.versions.node.split('.', 1)[0]) < 22;

/** Calls to model APIs by real SDKs and HTTP clients, in applications with one import, against fakes on this machine. */
export async function run(context) {
  const directory = await context.install('sdks', { type: 'module', dependencies: { ...CLIENTS, ...nest(12) } });
  // Has its own Nest and our package, and the clients of the directory above.
  const older = await context.install('sdks/nest-11', { type: 'module', dependencies: nest(11) });
  await runOwnCells(context, directory, 'outgoing', 120);
  await runOwnCells(context, older, 'outgoing', 120);
}

const CLIENTS = {
  '@anthropic-ai/sdk': '^1.14.0',
  '@aws-sdk/client-bedrock-runtime': '^3.0.0',
  '@smithy/node-http-handler': '^4.0.0',
  axios: '^1.0.0',
  'groq-sdk': '^1.0.0',
  'node-fetch': '^3.0.0',
  openai: '^6.49.0',
  superagent: '^10.0.0',
  // The newest of these need Node 22.
  '@google/genai': BEFORE_NODE_22 ? '^2.0.0' : '^3.0.0',
  got: BEFORE_NODE_22 ? '^14.0.0' : '^16.0.0',
  ky: BEFORE_NODE_22 ? '^1.0.0' : '^2.0.0',
  undici: BEFORE_NODE_22 ? '^7.0.0' : '^8.0.0',
};

function nest(major) {
  const nestPackages = ['@nestjs/common', '@nestjs/core', '@nestjs/platform-express'];
  return {
    ...Object.fromEntries(nestPackages.map((each) => [each, `^${major}.0.0`])),
    'class-validator': '^0.14.0',
    'reflect-metadata': '^0.2.2',
    rxjs: '^7.8.2',
  };
}
