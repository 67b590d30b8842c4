import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PROJECTS = [
  { title: 'nest-11', major: 11, options: [] },
  { title: 'nest-12-esm', major: 12, options: ['--type=esm'] },
  { title: 'nest-12-commonjs', major: 12, options: ['--type=cjs'], since: '24.9' },
];

/**
 * The output of `nest new`, with `nest add nestjs-trace-collector` and nothing else changed: its own scripts pass, and
 * its tests exit by themselves.
 */
export const programs = PROJECTS.map(({ title, major, options, since }) => ({
  name: `generated-${title}`,
  seconds: 70,
  run: async (context) => {
    if (since && !isAtLeast(since)) context.skip(`Jest loads Nest 12 in such a project from Node ${since} on`);
    const directory = await generate(context, major, options);
    const { exec, cell } = context;
    const script = async (...args) => {
      const result = await exec('npm', ['run', ...args], { cwd: directory, env: { CI: 'true' }, timeoutSeconds: 120 });
      const output = result.stdout + result.stderr;
      assert.ok(!result.timedOut, `npm run ${args.join(' ')} does not exit by itself:\n${output}`);
      assert.equal(result.code, 0, output);
      return output;
    };
    await cell('npm run build', () => script('build').then(() => undefined));
    await cell('npm run test', async () => assert.match(await script('test'), /1 passed/));
    await cell('npm run test:e2e', async () => assert.match(await script('test:e2e'), /1 passed/));
    await cell('its e2e records a webhook, and exits without app.close()', async () => {
      writeFileSync(join(directory, 'test/webhook.e2e-spec.ts'), webhookSpec(directory));
      assert.match(await script('test:e2e', '--', 'webhook'), /1 passed/);
    });
  },
}));

function isAtLeast(version) {
  const [major, minor] = version.split('.').map(Number);
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** Generates the project offline, as `nest new --skip-install` does, and installs it with the packed package. */
async function generate({ install, mustExec, tarball }, major, options) {
  const tool = await install('generator', { dependencies: { '@nestjs/cli': `^${major}.0.0` } }, { ours: false });
  const schematics = join(tool, 'node_modules/@angular-devkit/schematics-cli/bin/schematics.js');
  const args = ['@nestjs/schematics:application', '--name=app', '--package-manager=npm', '--language=ts', ...options];
  await mustExec(process.execPath, [schematics, ...args], { cwd: tool });
  const directory = join(tool, 'app');

  const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await mustExec('npm', ['install', ...quiet, tarball], { cwd: directory });
  await mustExec('npx', ['--no', 'nest', 'add', 'nestjs-trace-collector', '--skip-install'], {
    cwd: directory,
    env: { CI: 'true' },
  });
  const edited = readFileSync(join(directory, 'src/app.module.ts'), 'utf8');
  assert.match(edited, /imports: \[TraceModule\.forRoot\(\)\]/);
  assert.match(readFileSync(join(directory, '.gitignore'), 'utf8'), /^\.traces\/$/m);
  return directory;
}

/** A spec in the project's own style, which leaves the application open. */
function webhookSpec(directory) {
  const own = readFileSync(join(directory, 'test/app.e2e-spec.ts'), 'utf8');
  const [imports] = own.split(/^describe\(/m);
  return `import { Controller, Post } from '@nestjs/common';
${imports}
@Controller('webhook')
class WebhookController {
  @Post()
  receive(): string {
    return 'received';
  }
}

it('records a webhook', async () => {
  const module: TestingModule = await Test.createTestingModule({
    imports: [AppModule],
    controllers: [WebhookController],
  }).compile();
  const app: INestApplication<App> = module.createNestApplication();
  await app.init();
  const response = await request(app.getHttpServer()).post('/webhook').send({ contactId: 'ana', body: 'hola' });
  expect(response.text).toBe('received');
  expect(response.headers['x-trace-id']).toMatch(/^ana_/);
});
`;
}
