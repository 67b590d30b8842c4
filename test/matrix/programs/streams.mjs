import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { runOwnCells } from '../frame/own-cells.mjs';

export const name = 'streams';
export const seconds = 60;

/** The SDKs of model providers, read plain and traced, against a provider on this machine. */
export async function run(context) {
  const directory = await context.install('sdks', {
    type: 'module',
    dependencies: {
      '@ai-sdk/openai': '^4.0.0',
      '@anthropic-ai/sdk': '^1.14.0',
      '@nestjs/common': '^12.0.0',
      '@nestjs/core': '^12.0.0',
      ai: '^7.0.0',
      openai: '^6.49.0',
      'reflect-metadata': '^0.2.2',
      rxjs: '^7.8.2',
      zod: '^4.0.0',
    },
  });
  cpSync(join(context.project, 'test/support/keeping-in.mjs'), join(directory, 'streams/keeping-in.mjs'));
  await runOwnCells(context, directory, 'streams', 240);
}
