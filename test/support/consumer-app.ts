import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from './run.js';

/** How a user's application may differ: module system, version of Nest, platform. */
export interface ConsumerKind {
  title: string;
  module: 'module' | 'commonjs';
  nest: 11 | 12;
  platform: 'express' | 'fastify';
}

/** One source for all of them. It uses the package by name only, and says what the README says. */
function source({ platform }: ConsumerKind): string {
  const adapter = platform === 'fastify';
  return `import 'reflect-metadata';
import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
${adapter ? `import { FastifyAdapter } from '@nestjs/platform-fastify';` : ''}
import { CurrentTrace, TraceModule, Traced, currentTrace, traceEvent, traceReply, traceRoute } from 'nestjs-trace-collector';
import type { TraceContext } from 'nestjs-trace-collector';

class Agent {
  @Traced({ kind: 'tool', name: 'check_calendar_availability' })
  async check(day: string): Promise<string[]> {
    traceEvent('my_custom_event', { day });
    return ['10:00'];
  }
}

@Controller('webhook')
class WebhookController {
  private readonly agent = new Agent();

  @Post()
  @HttpCode(202)
  async receive(@Body() body: { contactId: string }, @CurrentTrace() trace: TraceContext | undefined) {
    traceRoute('supervisor', 'sofia');
    await this.agent.check('monday');
    traceReply('hello');
    return { contact: body.contactId, same: trace?.traceId === currentTrace()?.traceId };
  }
}

@Module({ imports: [TraceModule.forRoot()], controllers: [WebhookController] })
class AppModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(AppModule${adapter ? ', new FastifyAdapter()' : ''}, { logger: ['error', 'warn'] });
  app.enableShutdownHooks();
  await app.listen(0);
  console.log('http://localhost:' + app.getHttpServer().address().port);
}

void bootstrap();
`;
}

/** A fresh application in a directory of its own, with the package installed from the tarball and compiled by tsc. */
export async function createConsumer(kind: ConsumerKind, tarball: string): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'consumer-'));
  const nest = `^${kind.nest}.0.0`;
  mkdirSync(join(dir, 'src'));
  writeJson(join(dir, 'package.json'), {
    name: 'consumer',
    private: true,
    type: kind.module,
    dependencies: {
      '@nestjs/common': nest,
      '@nestjs/core': nest,
      [`@nestjs/platform-${kind.platform}`]: nest,
      '@types/node': '^20.19.0',
      'nestjs-trace-collector': `file:${tarball}`,
      'reflect-metadata': '^0.2.2',
      rxjs: '^7.8.2',
      // What the README says for Node 20.
      ...(!process.getBuiltinModule('node:sqlite') && { '@photostructure/sqlite': '^1.2.1' }),
    },
  });
  writeJson(join(dir, 'tsconfig.json'), {
    compilerOptions: {
      target: 'ES2022',
      module: 'nodenext',
      moduleResolution: 'nodenext',
      types: ['node'],
      rootDir: 'src',
      outDir: 'dist',
      strict: true,
      skipLibCheck: false,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
    include: ['src'],
  });
  writeFileSync(join(dir, 'src/main.ts'), source(kind));
  // Without install scripts, as npm 12 has it by default: nothing may need one.
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await mustRun('npm', ['install', '--ignore-scripts', ...quiet], { cwd: dir });
  await mustRun(process.execPath, [join(process.cwd(), 'node_modules/typescript/bin/tsc'), '-p', '.'], { cwd: dir });
  return dir;
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, null, 2));
}
