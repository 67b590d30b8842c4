import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CAPACITY_BYTES, makeSharedState, MAX_GATHERED_BYTES, OWNER, viewsOf, WORD } from './shared-state.js';
import { TurnBuffer } from './turn-buffer.js';
import { rescue, runWatchdog } from './watchdog-loop.js';

let dir: string;
let fd: number;
const path = (): string => join(dir, 'segment');
const text = (): string => readFileSync(path(), 'utf8');
const line = (content: string): Buffer => Buffer.from(`${content}\n`);

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'turn-'));
  fd = openSync(path(), 'a');
});
afterEach(() => {
  closeSync(fd);
  rmSync(dir, { recursive: true });
});

function target(): { fd: number; mend: () => void; tear: () => void } {
  return { fd, mend: () => undefined, tear: () => undefined };
}

describe('TurnBuffer', () => {
  function filled(...lines: string[]): TurnBuffer {
    const buffer = new TurnBuffer();
    buffer.use(fd);
    for (const each of lines) buffer.put(line(each), each.length + 1);
    return buffer;
  }

  it('writes what it gathered, in order, with the next flush', () => {
    const buffer = filled('a', 'bb');
    expect(text()).toBe('');
    expect([buffer.size, buffer.lines]).toEqual([5, 2]);
    buffer.flush(target());
    expect(text()).toBe('a\nbb\n');
    expect([buffer.size, buffer.lines, buffer.isEmpty]).toEqual([0, 0, true]);
    buffer.flush(target());
    expect(text()).toBe('a\nbb\n');
  });

  it('keeps the lines of a failed write', () => {
    const buffer = filled('a');
    expect(() => buffer.flush({ ...target(), fd: 1_000_000 })).toThrow('EBADF');
    expect(buffer.lines).toBe(1);
    buffer.put(line('b'), 2);
    buffer.flush(target());
    expect(text()).toBe('a\nb\n');
  });

  it('has room for one more line behind the most that is gathered, and no more', () => {
    const buffer = filled('x'.repeat(MAX_GATHERED_BYTES - 2));
    expect(buffer.isDue).toBe(false);
    buffer.put(line('y'), 2);
    expect(buffer.isDue).toBe(true);
    expect(buffer.hasRoom(CAPACITY_BYTES - MAX_GATHERED_BYTES - 1)).toBe(true);
    expect(buffer.hasRoom(CAPACITY_BYTES - MAX_GATHERED_BYTES)).toBe(false);
  });
});

describe('the watchdog', () => {
  function state(...lines: string[]): { words: Int32Array; bytes: Buffer } {
    const { words, bytes } = viewsOf(makeSharedState());
    words[WORD.descriptor] = fd;
    words[WORD.head] = bytes.write(lines.map((each) => `${each}\n`).join(''));
    return { words, bytes };
  }

  it('writes what is gathered, once', () => {
    const { words, bytes } = state('a', 'b');
    expect(rescue(words, bytes)).toBe(true);
    expect(rescue(words, bytes)).toBe(false);
    expect(text()).toBe('a\nb\n');
    expect(words[WORD.tail]).toBe(words[WORD.head]);
    expect(words[WORD.lock]).toBe(OWNER.none);
  });

  it('does not write while the recording thread does', () => {
    const { words, bytes } = state('a');
    words[WORD.lock] = OWNER.recorder;
    expect(rescue(words, bytes)).toBe(false);
    expect(text()).toBe('');
    expect(words[WORD.lock]).toBe(OWNER.recorder);
  });

  it('leaves the next attempt to the recording thread after a failure', () => {
    const { words, bytes } = state('a');
    words[WORD.descriptor] = 1_000_000;
    expect(rescue(words, bytes)).toBe(false);
    expect([words[WORD.failed], words[WORD.tail], words[WORD.lock]]).toEqual([1, 0, OWNER.none]);
    words[WORD.descriptor] = fd;
    expect(rescue(words, bytes)).toBe(false);
    expect(text()).toBe('');
  });

  it('returns when it is stopped', () => {
    const { words, bytes } = state();
    words[WORD.stop] = 1;
    runWatchdog(words, bytes);
    expect(words[WORD.rescues]).toBe(0);
  });
});
