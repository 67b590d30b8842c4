import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PostgresServer } from '../../support/postgres.mjs';
import { runOwnCells } from '../frame/own-cells.mjs';

export const name = 'otel';
export const seconds = 120;

/** Real instrumentations of OpenTelemetry beside capture: each operation is in the trace once, whatever is loaded first. */
export async function run(context) {
  const postgres = await PostgresServer.start();
  try {
    for (const [folder, dependencies] of [
      [
        'sdk-2',
        { ...PACKAGES, '@opentelemetry/sdk-trace-base': '2.12.0', '@opentelemetry/context-async-hooks': '2.12.0' },
      ],
      [
        'sdk-1',
        { ...PACKAGES, '@opentelemetry/sdk-trace-base': '1.30.1', '@opentelemetry/context-async-hooks': '1.30.1' },
      ],
    ]) {
      const directory = await context.install(folder, { type: 'module', dependencies }, { legacyPeers: true });
      writeFileSync(join(directory, 'services.json'), JSON.stringify({ postgres: postgres.url, sdk: folder }));
      await runOwnCells(context, directory, 'otel', 300);
    }
  } finally {
    await postgres.stop();
  }
}

/** The last ones that run on Node 20. The instrumentation of Nest accepts Nest below 12. */
const PACKAGES = {
  '@ai-sdk/otel': '^1.0.0',
  '@arizeai/openinference-instrumentation-langchain': '^4.0.0',
  '@langchain/core': '^1.0.0',
  '@langchain/langgraph': '^1.0.0',
  '@nestjs/common': '^11.0.0',
  '@nestjs/core': '^11.0.0',
  '@nestjs/platform-express': '^11.0.0',
  '@opentelemetry/api': '1.9.1',
  '@opentelemetry/instrumentation': '0.223.0',
  '@opentelemetry/instrumentation-http': '0.223.0',
  '@opentelemetry/instrumentation-ioredis': '^0.71.0',
  '@opentelemetry/instrumentation-nestjs-core': '^0.70.0',
  '@opentelemetry/instrumentation-pg': '^0.76.0',
  '@opentelemetry/instrumentation-undici': '^0.33.0',
  ai: '^7.0.0',
  ioredis: '^5.0.0',
  pg: '^8.0.0',
  'class-validator': '^0.14.0',
  'reflect-metadata': '^0.2.2',
  rxjs: '^7.8.2',
  zod: '^4.0.0',
};
