/** `compile.mjs DIRECTORY TYPESCRIPT`: checks all cells of one TypeScript version, one JSON line each. Files are parsed once. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [dir, compiler] = process.argv.slice(2);
const ts = createRequire(join(dir, 'x.js'))(compiler);
const { ModuleKind: M, ModuleResolutionKind: R } = ts;
const old = Number(ts.version.split('.')[0]) < 6;

/** The tsconfig.json of a project of each kind. `preserve`, which lets bundlers `require`, came with 5.4. */
const CELLS = [
  { resolution: 'node10', kind: 'commonjs', module: M.CommonJS, moduleResolution: R.Node10 },
  { resolution: 'node10', kind: 'module', module: M.ES2022, moduleResolution: R.Node10 },
  { resolution: 'node16', kind: 'commonjs', module: M.Node16, moduleResolution: R.Node16 },
  { resolution: 'node16', kind: 'module', module: M.Node16, moduleResolution: R.Node16 },
  { resolution: 'nodenext', kind: 'commonjs', module: M.NodeNext, moduleResolution: R.NodeNext },
  { resolution: 'nodenext', kind: 'module', module: M.NodeNext, moduleResolution: R.NodeNext },
  { resolution: 'bundler', kind: 'commonjs', module: M.Preserve ?? M.ES2022, moduleResolution: R.Bundler },
  { resolution: 'bundler', kind: 'module', module: M.ES2022, moduleResolution: R.Bundler },
];

const parsed = new Map();

function check(file, { module, moduleResolution }) {
  const options = {
    module,
    moduleResolution,
    noEmit: true,
    // Each inferred type must have a name that a library on top of ours can import. 5.2 finds none in a re-export (TS2742).
    declaration: !ts.version.startsWith('5.2'),
    strict: true,
    skipLibCheck: false,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts'],
    types: ['node'],
    ignoreDeprecations: old ? '5.0' : '6.0',
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile;
  host.getSourceFile = (name, wanted, ...rest) => {
    // A file counts as CommonJS or ESM by the resolution, so it is kept for one.
    const key = [name, moduleResolution, wanted.impliedNodeFormat].join();
    if (!parsed.has(key)) parsed.set(key, read(name, wanted, ...rest));
    return parsed.get(key);
  };
  return ts.getPreEmitDiagnostics(ts.createProgram([file], options, host)).map((found) => ({
    file: found.file?.fileName ?? '',
    text: `${found.file?.fileName.replace(dir, '.') ?? 'options'}: TS${found.code} ${ts.flattenDiagnosticMessageText(found.messageText, '\n')}`,
  }));
}

for (const cell of CELLS) {
  const name = `${cell.resolution}, ${cell.kind === 'module' ? 'ESM' : 'CommonJS'}`;
  const folder = join(dir, cell.kind);
  const without = check(join(folder, 'baseline.ts'), cell);
  const foreign = new Set(without.map(({ text }) => text));
  // Nest 12 is ESM only: where TypeScript lets no CommonJS file import it, there is no such application.
  const unsupported = without.find(({ file }) => file === '' || file.startsWith(folder));
  if (unsupported) {
    console.log(JSON.stringify({ name, skipped: true, detail: `without us too: ${unsupported.text}` }));
    continue;
  }
  const errors = check(join(folder, 'program.ts'), cell).filter(({ text }) => !foreign.has(text));
  console.log(JSON.stringify({ name, ok: errors.length === 0, detail: errors.map(({ text }) => text).join('\n') }));
}
