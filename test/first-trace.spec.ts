import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { blocksIn } from './support/markdown-blocks.js';
import { mustRun, startServer, type Server } from './support/run.js';

/** The steps of the README as a reader types them, in a project of its own with the built package. */
describe('the first trace of the README', () => {
  const blocks = blocksIn('README.md');
  const block = (language: string, part: string) => {
    const found = blocks.find(({ language: of, code }) => of === language && code.includes(part));
    if (!found) throw new Error(`README.md has no ${language} block with '${part}'`);
    return found.code;
  };
  const project = realpathSync(mkdtempSync(join(tmpdir(), 'first-trace-')));
  // As at a reader's: none of the variables that tests set.
  const env = { NODE_ENV: undefined, TRACE_DIR: undefined, TRACE_URL: undefined, TRACE_TOKEN: undefined };
  let server: Server | undefined;

  beforeAll(async () => {
    installed();
    const options: ts.CompilerOptions = {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    };
    // The port of the README may be in use on this machine.
    const source = block('ts', 'NestFactory').replace('listen(3000)', 'listen(0)');
    writeFileSync(join(project, 'main.js'), ts.transpile(source, options));
    server = await startServer(['main.js'], { cwd: project, env });
  }, 60_000);

  afterAll(async () => {
    await server?.stop();
    rmSync(project, { recursive: true, force: true });
  });

  /** What `npm install` makes of the packages of this repository: links to them. */
  function installed(): void {
    const modules = join(project, 'node_modules');
    mkdirSync(join(modules, '.bin'), { recursive: true });
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
    for (const name of ['@nestjs', 'reflect-metadata', 'rxjs']) {
      symlinkSync(join(process.cwd(), 'node_modules', name), join(modules, name));
    }
    symlinkSync(process.cwd(), join(modules, 'nestjs-trace-collector'));
    const program = `#!/bin/sh\nexec "${process.execPath}" "${join(process.cwd(), 'dist/cli/main.js')}" "$@"\n`;
    writeFileSync(join(modules, '.bin/nestjs-trace-collector'), program, { mode: 0o755 });
  }

  /** Runs a line in a shell; the package's programs are found as `npx` finds them, without its own second to start. */
  const type = (line: string) => {
    const PATH = `${join(project, 'node_modules/.bin')}:${process.env.PATH}`;
    return mustRun('sh', ['-c', line.replaceAll(/^npx /gm, '')], { cwd: project, env: { ...env, PATH } });
  };

  it('is there after the four steps', async () => {
    expect(block('sh', 'npm install').trim()).toBe('npm install nestjs-trace-collector');
    await type(block('sh', 'curl').replace('http://localhost:3000', server!.url));
    const shown = await type(block('sh', 'nestjs-trace-collector last'));
    expect(shown).toContain('Quiero agendar una cita');
    expect(shown).toContain('sofia');
    expect(shown).toContain('Hola ana');
  }, 60_000);

  it('has a route that the start log names', () => {
    expect(server!.output()).toContain('POST /webhook');
  });
});
