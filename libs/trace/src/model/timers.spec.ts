import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { jest } from '@jest/globals';

const SOURCES = 'libs/trace/src';
/** Specs, and code that only runs in an application's tests and uses their clock. */
const OWN_TIME = /\.spec\.ts$|\/conformance\/|\/webhooks\/|\/model\/timers\.ts$/;
const GLOBALS =
  /(?<![.\w'`])(?:(?:globalThis\.)?(?:set|clear)(?:Timeout|Interval|Immediate)|queueMicrotask)\s*\(|\bDate\.now\b|new Date\(\)|process\.(?:nextTick|hrtime)|(?<![.\w'`])performance\.|'(?:node:)?timers(?:\/promises)?'|'(?:node:)?perf_hooks'/;

/** The uses of a replaceable clock or timer in a source text, without comments. */
function replaceable(source: string): string[] {
  const code = source.replace(/\/\*[^]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const imported = new Set(/import \{([^}]*)\} from '[./\w]*\/timers\.js'/.exec(code)?.[1]?.match(/\w+/g));
  return code.split('\n').filter((line) => {
    const found = GLOBALS.exec(line)?.[0].replace(/\W+$/, '');
    return found !== undefined && !imported.has(found);
  });
}

it('the library uses no timer and no clock that a test can replace', () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .map((file) => join(SOURCES, file))
    .filter((file) => file.endsWith('.ts') && !OWN_TIME.test(file));
  expect(files.length).toBeGreaterThan(300);
  const found = files.flatMap((file) =>
    replaceable(readFileSync(file, 'utf8')).map((line) => `${file}: ${line.trim()}`),
  );
  // Import the name from `model/timers.ts` instead.
  expect(found).toEqual([]);
});

it.each([
  'setTimeout(f, 1);',
  'const x = Date.now();',
  'globalThis.setInterval(f, 1)',
  'return performance.now();',
  "import { setTimeout } from 'node:timers/promises';",
  'at = new Date();',
])('the check finds %s', (line) => expect(replaceable(line)).toEqual([line]));

describe.each(['modern', 'legacy'] as const)('with %s fake timers of Jest', (kind) => {
  afterEach(() => jest.useRealTimers());

  it.each(['before', 'after'] as const)('gets the real ones when it is loaded %s them', async (when) => {
    jest.resetModules();
    if (when === 'before') await import('./timers.js');
    jest.useFakeTimers(kind === 'legacy' ? { legacyFakeTimers: true } : { now: 0 });
    const { delay, nextTurn, performance, wallNow } = await import('./timers.js');
    const since = performance.now();
    await delay(20);
    await nextTurn();
    expect(performance.now() - since).toBeGreaterThan(15);
    expect(wallNow()).toBeGreaterThan(Date.UTC(2026, 0));
  });
});

it('gets the real ones when it is loaded after fake timers of Sinon', async () => {
  const sinon = createRequire(import.meta.url)('@sinonjs/fake-timers') as {
    install(options: object): { uninstall(): void };
  };
  jest.resetModules();
  const clock = sinon.install({ now: 0 });
  try {
    const { delay, performance, wallNow } = await import('./timers.js');
    const since = performance.now();
    await delay(20);
    expect(performance.now() - since).toBeGreaterThan(15);
    expect(wallNow()).toBeGreaterThan(Date.UTC(2026, 0));
  } finally {
    clock.uninstall();
  }
});
