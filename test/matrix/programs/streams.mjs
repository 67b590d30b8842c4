import { cpSync } from 'node:fs';
import { join } from 'node:path';

export const name = 'streams';
export const seconds = 60;

/** The SDKs of model providers, read plain and traced, against a provider on this machine. */
export async function run({ project, install, exec, cell, log }) {
  const directory = await install('sdks', {
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
  cpSync(join(project, 'test/matrix/streams'), join(directory, 'streams'), { recursive: true });
  const { code, stdout, stderr } = await exec(process.execPath, ['streams/main.mjs'], {
    cwd: directory,
    timeoutSeconds: 240,
  });
  const rows = stdout.split('\n').filter((line) => line.startsWith('{'));
  for (const row of rows) {
    const { cell: title, fault } = JSON.parse(row);
    await cell(title, () => {
      if (fault) throw new Error(fault);
    });
  }
  if (code !== 0 || rows.length === 0) throw new Error(`exited with ${code} after ${rows.length} cells\n${stderr}`);
  if (stderr) log(stderr);
}
