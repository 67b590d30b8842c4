import { runOwnCells } from '../frame/own-cells.mjs';

export const name = 'otlp';
export const seconds = 40;

/** What goes out is what OpenTelemetry's own decoder reads, and what its own serializers send comes in as the same steps. */
export async function run(context) {
  const directory = await context.install('consumer', { type: 'module', dependencies }, { legacyPeers: true });
  await runOwnCells(context, directory, 'otlp', 120);
}

const dependencies = {
  '@nestjs/common': '^11.0.0',
  '@nestjs/core': '^11.0.0',
  '@nestjs/platform-express': '^11.0.0',
  '@opentelemetry/api': '1.9.1',
  '@opentelemetry/otlp-transformer': '0.223.0',
  '@opentelemetry/sdk-trace-base': '2.12.0',
  'class-validator': '^0.14.0',
  // The last releases with a decoder: code that protobufjs made of the schema.
  'otlp-schema': 'npm:@opentelemetry/otlp-transformer@0.57.2',
  'reflect-metadata': '^0.2.2',
  rxjs: '^7.8.2',
};
