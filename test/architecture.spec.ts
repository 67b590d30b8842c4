import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sourceFiles, specifiersIn, violations } from './support/architecture.js';
import { EXCEPTIONS, ROOMS } from './support/architecture.table.js';

const root = process.cwd();

describe('the architecture', () => {
  it('holds: every import follows an arrow, and there is no cycle', () => {
    expect(violations(root)).toEqual([]);
  });

  it('is about the files there are', () => {
    const files = sourceFiles(root);
    expect(files).toContain('libs/trace/src/model/record.ts');
    expect(files).toContain('src/example/main.ts');
    for (const { to } of EXCEPTIONS) expect(files).toContain(to);
  });

  it('has no ring of rooms in its table', () => {
    const reach = (room: string, seen: string[] = []): string[] => {
      const allowed = ROOMS[room];
      if (allowed === 'any' || seen.includes(room)) return seen;
      return (allowed ?? []).flatMap((next) => [next, ...reach(next, [...seen, room])]);
    };
    for (const room of Object.keys(ROOMS)) expect(reach(room)).not.toContain(room);
  });
});

describe('the check itself', () => {
  const planted: [what: string, file: string, text: string, complaint: string][] = [
    [
      'a static import against the arrow',
      'libs/trace/src/model/bad.ts',
      `import { a } from '../store/other.js';`,
      'libs/trace/src/model/bad.ts imports libs/trace/src/store/other.ts: model may import nothing, not store',
    ],
    [
      'a type import',
      'libs/trace/src/views/bad.ts',
      `import type { A } from '../debug/other.js';`,
      'views may import model, contract, not debug',
    ],
    ['a re-export', 'libs/trace/src/query/bad.ts', `export * from '../debug/other.js';`, 'not debug'],
    [
      'a dynamic import',
      'src/cli/bad.ts',
      `const a = await import('../../libs/trace/src/capture/x.js');`,
      'not capture',
    ],
    ['an import in a type', 'libs/trace/src/journal/bad.ts', `type A = import('../store/x.js').A;`, 'not store'],
    [
      'a worker by address',
      'libs/trace/src/store/bad.ts',
      `new Worker(new URL('../capture/x.js', import.meta.url));`,
      'not capture',
    ],
    [
      'libs reaching for src',
      'libs/trace/src/testing/bad.ts',
      `import '../../../../src/cli/x.js';`,
      'libs is imported',
    ],
    ['a barrel', 'libs/trace/src/testing/bad.ts', `import '../index.js';`, 'import the file'],
    [
      'the example past the entry points',
      'src/example/bad.ts',
      `import '../../libs/trace/src/model/x.js';`,
      'example may import nothing, not model',
    ],
    [
      'a package out of place',
      'src/cli/bad.ts',
      `import '@nestjs/common';`,
      'the package @nestjs/common, which cli may not',
    ],
    ['a package in model', 'libs/trace/src/model/bad.ts', `import 'rxjs/operators';`, 'the package rxjs'],
    ['a file in no room', 'libs/trace/src/attic/bad.ts', `import 'node:fs';`, 'is in no room of the table'],
    ['a cycle of two', 'libs/trace/src/model/bad.ts', `import type { A } from './good.js';`, 'a cycle: '],
    [
      'a spec of libs that reaches for src',
      'libs/trace/src/model/bad.spec.ts',
      `import '../../../../src/cli/x.js';`,
      'src is run',
    ],
  ];

  it.each(planted)('finds %s', (_what, file, text, complaint) => {
    expect(violationsOf({ [file]: text }).join('\n')).toContain(complaint);
  });

  it('lets good ones be', () => {
    expect(
      violationsOf({
        'libs/trace/src/views/ok.ts': `import { good } from '../model/good.js';`,
        'libs/trace/src/views/ok.spec.ts': `import { x } from '../query/trace-queries.js'; import 'fast-check';`,
        'src/cli/ok.ts': `import { open } from '../../libs/trace/src/store/embedded/read-only-store.js';`,
        'src/example/ok.ts': `import { Traced } from 'nestjs-trace-collector';`,
      }),
    ).toEqual([]);
  });

  it('reads code, not comments and strings', () => {
    const text = "// import './a.js';\nconst s = `import './b.js'`; /** {@link import('./c.js')} */ export {};";
    expect(specifiersIn(text, 'x.ts')).toEqual([]);
  });
});

function violationsOf(files: Record<string, string>): string[] {
  const tree = mkdtempSync(join(tmpdir(), 'architecture-'));
  try {
    const ground = { 'libs/trace/src/model/good.ts': `export type { B } from './bad.js';`, 'src/cli/x.ts': '' };
    const needsRing = 'libs/trace/src/model/bad.ts' in files;
    if (!needsRing) ground['libs/trace/src/model/good.ts'] = '';
    for (const [file, text] of Object.entries({ ...ground, ...files })) {
      mkdirSync(dirname(join(tree, file)), { recursive: true });
      writeFileSync(join(tree, file), text);
    }
    return violations(tree);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}
