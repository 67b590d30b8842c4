import { runOwnCells } from '../frame/own-cells.mjs';

export const name = 'clients';
export const seconds = 45;

const BEFORE_NODE_22 = Number(process.versions.node.split('.', 1)[0]) < 22;

/** Errors of real HTTP clients against a server on this machine: the reason is recorded, the credentials are not. */
export async function run(context) {
  const directory = await context.install('clients', {
    type: 'module',
    dependencies: {
      '@ai-sdk/openai': '^4.0.0',
      '@anthropic-ai/sdk': '^1.14.0',
      '@nestjs/common': '^12.0.0',
      '@nestjs/core': '^12.0.0',
      ai: '^7.0.0',
      axios: '^1.0.0',
      'class-validator': '^0.14.0',
      // The newest of these need Node 22.
      got: BEFORE_NODE_22 ? '^14.0.0' : '^16.0.0',
      ky: BEFORE_NODE_22 ? '^1.0.0' : '^2.0.0',
      undici: BEFORE_NODE_22 ? '^7.0.0' : '^8.0.0',
      openai: '^6.49.0',
      grammy: '^1.0.0',
      'node-fetch': '^3.0.0',
      'reflect-metadata': '^0.2.2',
      rxjs: '^7.8.2',
      superagent: '^10.0.0',
      telegraf: '^4.0.0',
      zod: '^4.0.0',
    },
  });
  await runOwnCells(context, directory, 'clients', 120);
}
