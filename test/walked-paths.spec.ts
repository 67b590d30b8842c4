import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './support/run.js';

const LIBRARY = 'libs/trace/src';

/** Files of the library that a text names as code; a folder (`a/b/`) means all its files, `a/{b,c}.ts` two files. */
function named(text: string): string[] {
  return [...text.matchAll(/`([\w.-]+\/[\w./{},-]*)`/g)].flatMap(([, path]) => {
    const braces = /^(.*)\{(.*)\}(.*)$/.exec(path!);
    return braces ? braces[2]!.split(',').map((part) => braces[1] + part + braces[3]) : [path!];
  });
}

function section(title: string, level = '##'): string {
  const text = readFileSync('ARCHITECTURE.md', 'utf8');
  const start = text.indexOf(`\n${level} ${title}\n`);
  if (start < 0) throw new Error(`ARCHITECTURE.md has no section '${title}'`);
  const rest = text.slice(start + title.length + level.length + 2);
  const end = rest.search(new RegExp(`^#{2,${level.length}} `, 'm'));
  return end < 0 ? rest : rest.slice(0, end);
}

function unnamed(walked: string[], text: string): string[] {
  const names = named(text);
  return walked.filter((file) => !names.some((name) => (name.endsWith('/') ? file.startsWith(name) : name === file)));
}

describe('ARCHITECTURE.md', () => {
  let walked: Record<'webhook' | 'traceEvent' | 'index' | 'list', string[]>;
  beforeAll(async () => {
    walked = JSON.parse(await mustRun(process.execPath, ['test/support/walked-files.program.mjs']));
  }, 60_000);

  it('names every file on the way of a webhook', () => {
    expect(walked.webhook).toContain('journal/write/open-segment.ts');
    expect(unnamed(walked.webhook, section('Write path'))).toEqual([]);
  });

  it('names every file on the way of a traceEvent', () => {
    expect(walked.traceEvent).toContain('capture/trace/flight-recorder.ts');
    // It refers to the steps of the webhook for their common part.
    expect(unnamed(walked.traceEvent, section('Write path'))).toEqual([]);
  });

  it('names every file on the way of a record into the index', () => {
    expect(walked.index).toContain('model/trace.reducer.ts');
    expect(unnamed(walked.index, section('Behind the writer', '###'))).toEqual([]);
  });

  it('names every file on the way of GET /debug/traces?status=error', () => {
    expect(walked.list).toContain('query/trace-query.ts');
    expect(unnamed(walked.list, section('Read path'))).toEqual([]);
  });

  it.each(['Write path', 'Read path'])('names only existing files: %s', (title) => {
    expect(named(section(title)).filter((path) => !existsSync(join(LIBRARY, path)) && !existsSync(path))).toEqual([]);
  });
});

describe('the comparison itself', () => {
  it('finds a file that the text does not name', () => {
    expect(unnamed(['a/b.ts', 'a/c.ts', 'd/e.ts', 'f/g.ts'], 'By `a/{b,x}.ts`, then `d/`.')).toEqual([
      'a/c.ts',
      'f/g.ts',
    ]);
  });
});
