import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ErrorDto } from '../../contract/responses.js';
import { findSourceLines as findWithin } from './source-lines.js';

// A busy machine would use up the milliseconds of one look-up before the first file is read.
const findSourceLines = (errors: readonly ErrorDto[], root: string) =>
  findWithin(errors, root, Number.POSITIVE_INFINITY);

const SOURCE = `export function book(): never {\n  // a comment\n  throw new Error('no');\n}\n`;
/** Line 2, column 5 of the script is line 3, column 3 of the source. */
const MAPPINGS = ';IAEE';

describe('source lines of frames', () => {
  let parent: string;
  let root: string;

  beforeEach(() => {
    parent = realpathSync(mkdtempSync(join(tmpdir(), 'source-lines-')));
    root = join(parent, 'app');
    mkdirSync(root);
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  const write = (path: string, text: string): string => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const map = (fields: object = {}): string =>
    JSON.stringify({ version: 3, sources: ['../src/book.ts'], names: [], mappings: MAPPINGS, ...fields });
  const script = (end: string, path = 'dist/book.js'): string => write(path, `// made\n    throw 1;\n${end}`);
  const error = (stack: string, cause: unknown = null): ErrorDto => ({
    timestamp: new Date(Date.now() + 60_000).toISOString(),
    location: 'book',
    type: 'Error',
    message: 'no',
    stack,
    cause,
    context: null,
    fingerprint: 'f',
  });
  const find = (...frames: string[]) => findSourceLines([error(`Error: no\n${frames.join('\n')}`)], root);
  const FOUND = { file: 'src/book.ts', line: 3, column: 3, code: `throw new Error('no');` };

  it('are read from the map beside the file, with the source in the map or in a separate file', async () => {
    const file = script('//# sourceMappingURL=book.js.map\n');
    write('dist/book.js.map', map({ sourcesContent: [SOURCE] }));
    const byUrl = `at book (${pathToFileURL(file).href}:2:5)`;
    const byPath = `at async ${file}:2:5`;
    expect(await find(`    ${byUrl}`, `    ${byPath}`)).toEqual([
      { frame: byUrl, ...FOUND },
      { frame: byPath, ...FOUND },
    ]);
    write('dist/book.js.map', map());
    expect(await find(byUrl)).toEqual([]);
    write('src/book.ts', SOURCE);
    expect(await find(byUrl)).toEqual([{ frame: byUrl, ...FOUND }]);
  });

  it('are read from a map inside the file, from a bundle, and from a typed file itself', async () => {
    const inline = `data:application/json;base64,${Buffer.from(map({ sourcesContent: [SOURCE] })).toString('base64')}`;
    const file = script(`//# sourceMappingURL=${inline}`);
    expect(await find(`at book (${file}:2:5)`)).toMatchObject([FOUND]);

    const bundled = map({ sources: ['webpack://app/./src/book.ts'], sourcesContent: [SOURCE] });
    script('//# sourceMappingURL=main.js.map', 'dist/main.js');
    write('dist/main.js.map', bundled);
    expect(await find(`at book (${join(root, 'dist/main.js')}:2:5)`)).toMatchObject([FOUND]);

    const typed = write('src/book.ts', SOURCE);
    expect(await find(`at book (${typed}:3:9)`)).toMatchObject([{ ...FOUND, column: 9 }]);
  });

  it('are added for causes, once each', async () => {
    const file = script('//# sourceMappingURL=book.js.map');
    write('dist/book.js.map', map({ sourcesContent: [SOURCE] }));
    const stack = `Error: no\n    at book (${file}:2:5)`;
    expect(await findSourceLines([error(stack, [{ message: 'no', stack }]), error(stack)], root)).toHaveLength(1);
    const [found] = await findSourceLines([error('Error: no', [{ message: 'no', stack }])], root);
    expect(found).toMatchObject(FOUND);
  });

  it('are omitted for code that was written after the error', async () => {
    const file = write('src/book.ts', SOURCE);
    const later = Date.now() / 1000 + 3_600;
    utimesSync(file, later, later);
    expect(await find(`at book (${file}:3:9)`)).toEqual([]);
  });

  describe('are not read', () => {
    const SECRET = 'const key = "of the host";';
    const none = async (path: string): Promise<void> => {
      expect(await find(`at x (${path}:1:1)`)).toEqual([]);
    };

    it('outside the root, by dots or by links', async () => {
      writeFileSync(join(parent, 'secret.ts'), SECRET);
      await none(join(parent, 'secret.ts'));
      await none(`${root}/../secret.ts`);
      await none(`${pathToFileURL(root).href}/%2e%2e/secret.ts`);
      symlinkSync(join(parent, 'secret.ts'), join(root, 'link.ts'));
      await none(join(root, 'link.ts'));
      symlinkSync(parent, join(root, 'up'));
      await none(join(root, 'up/secret.ts'));
    });

    it('through a map that names them', async () => {
      writeFileSync(join(parent, 'secret.ts'), SECRET);
      writeFileSync(join(parent, 'secret.map'), map({ sources: ['x.ts'], sourcesContent: [SECRET] }));
      write('.env.ts', SECRET);
      for (const source of ['../../secret.ts', '../.env.ts', 'http://example.com/x.ts', 'webpack://app/../secret.ts']) {
        const inline = Buffer.from(map({ sources: [source], mappings: 'AAAA' })).toString('base64');
        await none(script(`//# sourceMappingURL=data:application/json;base64,${inline}`));
      }
      await none(script('//# sourceMappingURL=../../secret.map'));
      await none(script('//# sourceMappingURL=http://127.0.0.1:9/secret.map'));
    });

    it('when they are no code, hidden, installed, too large or no files', async () => {
      for (const path of ['.env', 'keys.json', '.git/hook.ts', '.hidden.ts', 'node_modules/x/index.ts', 'no-ending']) {
        await none(write(path, SECRET));
      }
      await none(write('large.ts', `${SECRET}\n${'x'.repeat(3 * 1024 * 1024)}`));
      mkdirSync(join(root, 'folder.ts'));
      await none(join(root, 'folder.ts'));
      await none('relative.ts');
      await none('/dev/stdin.ts');
      await none(`${root}/nul\0.ts`);
      execFileSync('mkfifo', [join(root, 'pipe.ts')]);
      await none(join(root, 'pipe.ts'));
    });
  });

  it('are added for every application frame of an error, its causes and the errors inside', async () => {
    const file = write('src/long.ts', `${Array.from({ length: 300 }, (_, i) => `line(${i + 1});`).join('\n')}\n`);
    const stack = (first: number): string =>
      ['Error: no', ...Array.from({ length: 10 }, (_, i) => `    at f (${file}:${first + i}:1)`)].join('\n');
    const causes = [20, 40, 60, 80].map((first) => ({ message: 'no', stack: stack(first) }));
    const inner = { message: 'no', inner: true, stack: stack(100) };
    const found = await findSourceLines([error(stack(1), [...causes, inner]), error(stack(200))], root);
    expect(found).toHaveLength(70);
    expect(found.find(({ line }) => line === 109)).toMatchObject({ file: 'src/long.ts', code: 'line(109);' });
  });

  it('are added to each stack’s innermost frame first', async () => {
    const file = write('src/long.ts', 'x();\n'.repeat(400));
    const stack = (first: number): string =>
      ['Error', ...Array.from({ length: 20 }, (_, i) => `    at f (${file}:${first + i}:1)`)].join('\n');
    const found = await findSourceLines(
      [1, 21, 41, 61, 81, 101, 121, 141].map((first) => error(stack(first))),
      root,
    );
    expect(found.map(({ line }) => line).slice(0, 8)).toEqual([1, 21, 41, 61, 81, 101, 121, 141]);
    expect(found).toHaveLength(120);
  });

  it('stop at a number of frames, and survive an invalid map', async () => {
    const frames = Array.from({ length: 200 }, (_, index) => {
      const file = write(`src/f${index}.ts`, SOURCE);
      return `at f${index} (${file}:3:3)`;
    });
    const errors = frames.map((frame) => error(`Error\n${frame}`));
    // At most 16 files are read; each of these frames names a different one.
    expect(await findSourceLines(errors, root)).toHaveLength(16);
    const wide = Array.from({ length: 5 }, (_, each) =>
      error(['Error', ...frames.slice(each * 6, each * 6 + 6)].join('\n')),
    );
    expect((await findSourceLines(wide, root)).length).toBeLessThanOrEqual(16);

    for (const broken of ['no json', '[]', 'null', '{"version":3}', '{"sources":[1],"mappings":"!!"}']) {
      const file = script('//# sourceMappingURL=book.js.map');
      write('dist/book.js.map', broken);
      expect(await find(`at book (${file}:2:5)`)).toEqual([]);
    }
    expect(await findSourceLines([error('Error')], join(root, 'nowhere'))).toEqual([]);
  });
});
