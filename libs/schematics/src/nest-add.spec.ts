import ts from 'typescript';
import { nestAdd, type NestAddOptions } from './nest-add.js';
import type { Tree } from './tree.js';

const MAIN = `import { NestFactory } from '@nestjs/core';
import { RootModule } from './root/root.module.js';
const app = await NestFactory.create<NestExpressApplication>(RootModule, { rawBody: true });
`;

/** Runs the schematic over these files and returns them as they are then, with the lines that it printed. */
function added(files: Record<string, string>, options: NestAddOptions = {}): Record<string, string> & { log: string } {
  const now = new Map(Object.entries(files));
  const lines: string[] = [];
  const tree: Tree = {
    read: (path) => (now.has(path) ? new TextEncoder().encode(now.get(path)) : null),
    overwrite: (path, text) => void now.set(path, text),
    create: (path, text) => void now.set(path, text),
  };
  const print = (text: string): void => void lines.push(text);
  nestAdd(options)(tree, { logger: { info: print, warn: print } });
  return { ...Object.fromEntries(now), log: lines.join('\n') };
}

const module = (decorator: string): string =>
  `import { Module } from '@nestjs/common';\n\n@Module(${decorator})\nexport class AppModule {}\n`;

describe('nest add', () => {
  it.each([
    ['no imports', '{}', '{ imports: [TraceModule.forRoot()] }'],
    ['other members', '{ providers: [] }', '{ imports: [TraceModule.forRoot()], providers: [] }'],
    ['an empty list', '{ imports: [] }', '{ imports: [TraceModule.forRoot()] }'],
    ['one line', '{ imports: [A, B] }', '{ imports: [TraceModule.forRoot(), A, B] }'],
    ['lines', '{\n  imports: [\n    A,\n  ],\n}', '{\n  imports: [\n    TraceModule.forRoot(),\n    A,\n  ],\n}'],
    ['a variable', '{ imports: modules() }', '{ imports: [TraceModule.forRoot(), ...modules()] }'],
    ['a shorthand', '{ imports, exports: [] }', '{ imports: [TraceModule.forRoot(), ...imports], exports: [] }'],
    ['strings and comments', "{ /* imports: [] */ a: 'imports: [', imports: [A] }", undefined],
  ])('adds the module to %s', (_name, before, after) => {
    const text = added({ 'src/app.module.ts': module(before) })['src/app.module.ts']!;
    if (after !== undefined) expect(text).toContain(`@Module(${after})`);
    expect(text.match(/TraceModule/g)).toHaveLength(2);
    expect(text).toMatch(/^import \{ Module \}.*;\nimport \{ TraceModule \} from 'nestjs-trace-collector';\n\n/);
    const { diagnostics } = ts.transpileModule(text, { reportDiagnostics: true });
    expect(diagnostics).toEqual([]);
  });

  it('keeps quotes, line ends and the style without semicolons of the file', () => {
    const text = added({
      'src/app.module.ts': 'import { Module } from "@nestjs/common"\r\n@Module({})\r\nclass A {}\r\n',
    })['src/app.module.ts'];
    expect(text).toContain('import { TraceModule } from "nestjs-trace-collector"\r\n@Module');
  });

  it('finds the module that main.ts starts', () => {
    const files = { 'apps/api/main.ts': MAIN, 'apps/api/root/root.module.ts': module('{}') };
    const done = added(files, { sourceRoot: 'apps/api' });
    expect(done['apps/api/root/root.module.ts']).toContain('TraceModule.forRoot()');
    expect(done.log).toContain('apps/api/root/root.module.ts: TraceModule.forRoot() added');
  });

  it('changes nothing the second time', () => {
    const { log: _log, ...once } = added({ 'src/app.module.ts': module('{}'), '.gitignore': 'dist' });
    const { log, ...twice } = added(once);
    expect(twice).toEqual(once);
    expect(log).toContain('src/app.module.ts imports the package already');
    expect(once['.gitignore']).toBe('dist\n\n# Recorded traces of nestjs-trace-collector\n.traces/\n');
  });

  it('says what to add by hand where it finds no module', () => {
    const none = added({});
    expect(none.log).toContain('There is no root module in src. Add it yourself: import { TraceModule }');
    expect(none['.gitignore']).toBe('.traces/\n');
    const other = added({ 'src/app.module.ts': 'export class AppModule {}\n' });
    expect(other.log).toContain('src/app.module.ts has no class with @Module');
    expect(other['src/app.module.ts']).toBe('export class AppModule {}\n');
  });
});
