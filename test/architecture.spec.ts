import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sourceFiles, specifiersIn, violations } from './support/architecture.js';
import { ruleViolations } from './support/architecture.rules.js';
import { EXCEPTIONS, ROOMS } from './support/architecture.table.js';

const root = process.cwd();

describe('the architecture', () => {
  it('holds: every import follows an arrow, and there is no cycle', () => {
    expect(violations(root)).toEqual([]);
  });

  it('holds: one door to serialize, no event name as a text, a sentence for each exported name', () => {
    expect(ruleViolations(root)).toEqual([]);
  });

  it('lists the files that exist', () => {
    const files = sourceFiles(root);
    expect(files).toContain('libs/trace/src/model/record.ts');
    expect(files).toContain('src/example/main.ts');
    for (const { to } of EXCEPTIONS) expect(files).toContain(to);
  });

  it('has no cycle of rooms in its table', () => {
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

  it('accepts good ones', () => {
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
  const ground = { 'libs/trace/src/model/good.ts': `export type { B } from './bad.js';`, 'src/cli/x.ts': '' };
  const needsRing = 'libs/trace/src/model/bad.ts' in files;
  if (!needsRing) ground['libs/trace/src/model/good.ts'] = '';
  return inTree({ ...ground, ...files }, violations);
}

/** Calls `check` with a directory that has these files. */
function inTree(files: Record<string, string>, check: (tree: string) => string[]): string[] {
  const tree = mkdtempSync(join(tmpdir(), 'architecture-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(tree, file)), { recursive: true });
      writeFileSync(join(tree, file), text);
    }
    return check(tree);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

describe('the rules besides the arrows', () => {
  const L = 'libs/trace/src';
  const planted: [what: string, files: Record<string, string>, complaint: string][] = [
    [
      'an import past the door of serialize',
      { [`${L}/capture/bad.ts`]: `import { a } from '../serialize/redact/a.js';` },
      'capture/bad.ts imports libs/trace/src/serialize/redact/a.ts: other rooms import libs/trace/src/serialize/serializer.ts only',
    ],
    [
      'a type import past the door',
      { [`${L}/context/bad.ts`]: `import type { A } from '../serialize/limits.js';` },
      'context/bad.ts imports libs/trace/src/serialize/limits.ts',
    ],
    [
      'an event name as a text',
      { [`${L}/views/bad.ts`]: `export const is = (type: string) => type === 'message_sent';` },
      "views/bad.ts has the event name 'message_sent'",
    ],
    [
      'an event name in the command line',
      { 'src/cli/bad.ts': 'export const type = `agent_routing`;' },
      "src/cli/bad.ts has the event name 'agent_routing'",
    ],
    [
      'an exported function without a sentence',
      { [`${L}/index.ts`]: `export { good } from './good.js';`, [`${L}/good.ts`]: `export function good(): void {}` },
      'good.ts exports good without a sentence',
    ],
    [
      'an exported type that has only an example',
      {
        [`${L}/index.ts`]: `export type { Good as Better } from './good.js';`,
        [`${L}/good.ts`]: `/** @example const a: Good = {}; */\nexport interface Good {}`,
      },
      'good.ts exports Good without a sentence',
    ],
    [
      'one behind a re-export',
      {
        [`${L}/mcp/index.ts`]: `export { b } from './a.js';`,
        [`${L}/mcp/a.ts`]: `export { b } from './b.js';`,
        [`${L}/mcp/b.ts`]: `export const b = 1;`,
      },
      'mcp/b.ts exports b without a sentence',
    ],
    ['an entry point that is missing', { [`${L}/testing/index.ts`]: '' }, 'testing/index.ts is missing'],
  ];

  it.each(planted)('find %s', (what, files, complaint) => {
    const removed = what.endsWith('missing') ? Object.keys(files) : [];
    expect(rulesBrokenBy(files, removed).join('\n')).toContain(complaint);
  });

  it('accept good ones', () => {
    expect(
      rulesBrokenBy({
        [`${L}/capture/ok.ts`]: `import { a } from '../serialize/serializer.js';`,
        [`${L}/serialize/ok.ts`]: `import { a } from './redact/a.js';`,
        [`${L}/views/ok.ts`]: `// 'message_sent'\nexport const dto = { message_sent: true, type: 'message_sent ' };`,
        [`${L}/views/ok.spec.ts`]: `import { a } from '../serialize/limits.js'; const type = 'message_sent';`,
        [`${L}/capture/dialects/ok.ts`]: `export const type = 'message_sent';`,
        [`${L}/index.ts`]: `export { good, type Kind } from './good.js';`,
        [`${L}/good.ts`]: `/** Does good. */\nexport function good(): void {}\n/** A kind. */\n// oxlint-disable-next-line x\nexport type Kind = 1;`,
      }),
    ).toEqual([]);
  });

  function rulesBrokenBy(files: Record<string, string>, removed: string[] = []): string[] {
    const ground = {
      [`${L}/index.ts`]: '',
      [`${L}/testing/index.ts`]: '',
      [`${L}/mcp/index.ts`]: '',
      [`${L}/postgres/index.ts`]: '',
      [`${L}/clickhouse/index.ts`]: '',
      [`${L}/otel/index.ts`]: '',
      [`${L}/model/vocabulary.ts`]: `export const EVENT = { sent: 'message_sent', routing: 'agent_routing', log: 'log' } as const;`,
      'src/cli/x.ts': '',
    };
    const kept = Object.entries({ ...ground, ...files }).filter(([file]) => !removed.includes(file));
    return inTree(Object.fromEntries(kept), (tree) => ruleViolations(tree));
  }
});
