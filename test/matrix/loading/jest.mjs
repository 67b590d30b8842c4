import { join } from 'node:path';
import { installation, run, write } from './installation.mjs';

/** The parts of a generated Nest 11 project that decide how Jest loads a package, unchanged. */
const NEST_NEW = {
  dependencies: {
    '@nestjs/common': '^11.0.1',
    '@nestjs/core': '^11.0.1',
    '@nestjs/platform-express': '^11.0.1',
    'reflect-metadata': '^0.2.2',
    rxjs: '^7.8.1',
    '@nestjs/testing': '^11.0.1',
    '@types/express': '^5.0.0',
    '@types/jest': '^30.0.0',
    '@types/node': '^22.10.7',
    '@types/supertest': '^6.0.2',
    supertest: '^7.0.0',
    'ts-jest': '^29.2.5',
    typescript: '~5.9.0',
  },
  jest: {
    moduleFileExtensions: ['js', 'json', 'ts'],
    rootDir: 'src',
    testRegex: '.*\\.spec\\.ts$',
    transform: { '^.+\\.(t|j)s$': 'ts-jest' },
    collectCoverageFrom: ['**/*.(t|j)s'],
    coverageDirectory: '../coverage',
    testEnvironment: 'node',
  },
  e2e: {
    moduleFileExtensions: ['js', 'json', 'ts'],
    rootDir: '.',
    testEnvironment: 'node',
    testRegex: '.e2e-spec.ts$',
    transform: { '^.+\\.(t|j)s$': 'ts-jest' },
  },
  tsconfig: {
    compilerOptions: {
      module: 'nodenext',
      moduleResolution: 'nodenext',
      resolvePackageJsonExports: true,
      esModuleInterop: true,
      isolatedModules: true,
      declaration: true,
      removeComments: true,
      emitDecoratorMetadata: true,
      experimentalDecorators: true,
      allowSyntheticDefaultImports: true,
      target: 'ES2023',
      sourceMap: true,
      outDir: './dist',
      baseUrl: './',
      incremental: true,
      skipLibCheck: true,
      strictNullChecks: true,
      forceConsistentCasingInFileNames: true,
      noImplicitAny: false,
      strictBindCallApply: false,
      noFallthroughCasesInSwitch: false,
    },
  },
};

const MODULE = `import { Body, Controller, Module, Post } from '@nestjs/common';
import { TraceModule, Traced, currentTrace } from 'nestjs-trace-collector';

class Agent {
  @Traced({ kind: 'agent' })
  reply(): string {
    return currentTrace()?.contactId ?? 'none';
  }
}

@Controller('webhook')
class Hook {
  private readonly agent = new Agent();
  @Post()
  take(@Body() body: { contactId: string }) {
    return { contact: body.contactId, reply: this.agent.reply() };
  }
}

@Module({ imports: [TraceModule.forRoot({ storage: { dir: process.env.TRACE_DIR } })], controllers: [Hook] })
export class AppModule {}
`;

/** The application is not closed, as in many projects; nothing of ours may keep Jest from exiting. */
const E2E = `import { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { AppModule } from './../src/app.module';

const start = async (module = AppModule, testing = Test): Promise<INestApplication> => {
  const fixture = await testing.createTestingModule({ imports: [module] }).compile();
  return fixture.createNestApplication({ logger: false }).init();
};
const post = (app: INestApplication) => request(app.getHttpServer()).post('/webhook').send({ contactId: 'ana', message: 'hola' });

describe('the application (e2e)', () => {
  it('records a webhook and shows it', async () => {
    const app = await start();
    const posted = await post(app).expect(201);
    expect(posted.body).toEqual({ contact: 'ana', reply: 'ana' });
    const shown = await request(app.getHttpServer()).get('/debug/trace/' + posted.headers['x-trace-id']).expect(200);
    expect(shown.body.webhook_message).toBe('hola');
  });

  it('records one trace per webhook where the package was loaded twice', async () => {
    const first = await start();
    const before = await request(first.getHttpServer()).get('/debug/traces').expect(200);
    const again: [typeof AppModule, typeof Test][] = [];
    jest.isolateModules(() => again.push([require('./../src/app.module').AppModule, require('@nestjs/testing').Test]));
    expect(again[0]![0]).not.toBe(AppModule);
    const second = await start(...again[0]!);
    await post(second).expect(201);
    const after = await request(second.getHttpServer()).get('/debug/traces').expect(200);
    expect(after.body.count).toBe(before.body.count + 1);
  });
});
`;

const TESTING = `import { Controller, Module, Post } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TraceTestingModule, traceMatchers, tracesOf } from 'nestjs-trace-collector/testing';
import { createMcpHttpHandler } from 'nestjs-trace-collector/mcp';
import request from 'supertest';

expect.extend(traceMatchers as never);

@Controller('webhook')
class Hook {
  @Post() take() {
    return 1;
  }
}
@Module({ imports: [TraceTestingModule.forRoot()], controllers: [Hook] })
class App {}

test('the testing module and MCP', async () => {
  const app = await (await Test.createTestingModule({ imports: [App] }).compile()).createNestApplication({ logger: false }).init();
  await request(app.getHttpServer()).post('/webhook').send({ contactId: 'ana' }).expect(201);
  expect((await tracesOf(app).waitFor({ contactId: 'ana', status: 'completed' })).status).toBe('completed');
  const handle = await createMcpHttpHandler({ version: '1', ask: (() => Promise.reject(new Error('unused'))) as never });
  const answer = await handle(new Request('http://localhost', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  }));
  expect(await answer.text()).toContain('find_traces');
  await app.close();
});
`;

/** Time after which a Jest that does not exit counts as kept alive. */
const PATIENCE_MS = 180_000;

/** Jest as `nest new` of Nest 11 configures it: CommonJS, ts-jest, no flags. Jest 29 and 30. */
export async function* jestCells(tarball) {
  for (const major of [29, 30]) {
    const dir = await installation(`jest-${major}`, { ...NEST_NEW.dependencies, jest: `^${major}.0.0` }, tarball);
    write(join(dir, 'package.json'), { name: 'generated', jest: NEST_NEW.jest });
    write(join(dir, 'tsconfig.json'), NEST_NEW.tsconfig);
    write(join(dir, 'test/jest-e2e.json'), NEST_NEW.e2e);
    write(join(dir, 'src/app.module.ts'), MODULE);
    write(join(dir, 'src/testing.spec.ts'), TESTING);
    write(join(dir, 'test/app.e2e-spec.ts'), E2E);
    const jest = join(dir, '../node_modules/jest/bin/jest.js');
    for (const [name, args] of [
      ['unit', []],
      ['e2e', ['--config', './test/jest-e2e.json']],
    ]) {
      const env = { TRACE_DIR: join(dir, 'traces'), NODE_ENV: 'test' };
      const { code, output } = await run(process.execPath, [jest, ...args], { cwd: dir, env, timeout: PATIENCE_MS });
      const kept = /did not exit|failed to exit/.test(output);
      yield { name: `Jest ${major}, ${name}`, ok: code === 0 && !kept, detail: code === 0 && !kept ? '' : output };
    }
  }
}
