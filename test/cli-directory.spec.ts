import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { openTraceDirectory, type TraceDirectory } from './support/cli-directory.js';
import { removeTemporaryDirectories, runCli, RunningCli, temporaryDirectory } from './support/cli-run.js';

/** A port without a listener: taken and released. */
let noServer: string;
let written: TraceDirectory;
let ids: string[];
const running: RunningCli[] = [];

beforeAll(async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  noServer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.close();
  await once(server, 'close');
});

beforeEach(async () => {
  written = await openTraceDirectory();
  ids = [
    written.record('maria-1', 'Hola'),
    written.record('carlos-1', 'Quiero agendar'),
    written.record('maria-1', 'Otra', 'error'),
  ];
});

afterEach(async () => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL');
  await written.close();
});

afterAll(removeTemporaryDirectories);

const read = (...args: string[]) => runCli([...args, '--dir', written.dir]);

describe('get-trace with a directory', () => {
  it('answers every read query from the directory alone, and changes nothing in it', async () => {
    await written.close();
    const before = snapshot(written.dir);
    const list = await read('list', '--raw');
    expect(list).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(list.stdout).traces.map(({ trace_id }: { trace_id: string }) => trace_id)).toEqual(
      [...ids].reverse(),
    );
    const first = ids[0]!;
    for (const [args, shows] of [
      [['trace', first], 'Intelligence: score=8'],
      [['trace', 'carlos'], 'Quiero agendar'],
      [['last'], 'Tool.book'],
      [['error'], 'Tool.book'],
      [['contact', 'maria-1'], first],
      [['debug', 'maria-1'], 'Tool.book'],
      [['stats'], '3'],
      [['health'], '3'],
      [['active'], 'No trace is running'],
      [['list', '--status', 'error'], ids[2]!],
    ] as const) {
      const { code, stdout, stderr } = await read(...args);
      expect(stderr).toBe('');
      expect(stdout).toContain(shows);
      expect(code).toBe(0);
    }
    expect(snapshot(written.dir)).toEqual(before);
  });

  it('falls back to it without a server, and prints that on stderr', async () => {
    const { code, stdout, stderr } = await runCli(['last', '--export', '--url', noServer, '--dir', written.dir]);
    expect(stderr).toBe(`No server at ${noServer} (connection refused); reading ${written.dir}\n`);
    expect(JSON.parse(stdout)).toMatchObject({ trace_id: ids[2], status: 'error' });
    expect(code).toBe(0);
    const env = await runCli(['list', '--url', noServer, '--json'], { env: { TRACE_DIR: written.dir } });
    expect(JSON.parse(env.stdout)).toMatchObject({ schema: 1, count: 3 });
    expect(JSON.parse(env.stderr)).toMatchObject({ schema: 1, notice: expect.stringContaining('No server') });
  });

  it.each([
    ['trace nobody', 3],
    ['trace maria-1', 3],
    ['contact nobody', 3],
    ['debug nobody', 3],
    ['clear -f', 4],
    ['pin maria-1', 4],
    ['forget maria-1 -f', 4],
  ])('%s: exit %d', async (line, exit) => {
    const { code, stdout, stderr } = await read(...line.split(' '));
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' });
    expect(stderr).not.toBe('');
    if (line === 'trace maria-1') for (const id of [ids[0]!, ids[2]!]) expect(stderr).toContain(id);
  });

  it('no traces yet: list is empty with 0, last and error are 3', async () => {
    const dir = temporaryDirectory();
    mkdirSync(join(dir, 'journal'));
    expect(await runCli(['list', '--dir', dir])).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^No traces\.\n\nNone was recorded yet: .* npx nestjs-trace-collector doctor\n$/),
      stderr: '',
    });
    expect((await runCli(['last', '--dir', dir])).code).toBe(3);
    expect((await runCli(['error', '--dir', dir])).code).toBe(3);
  });

  it('needs no catalog, and survives a broken one', async () => {
    await written.close();
    const catalog = readdirSync(written.dir).filter((name) => name.startsWith('catalog'));
    for (const name of catalog) writeFileSync(join(written.dir, name), 'this is no database, and never was');
    expect((await read('list')).stdout).toContain(ids[1]);
    for (const name of catalog) rmSync(join(written.dir, name));
    expect((await read('list')).stdout).toContain(ids[1]);
  });

  it('data of a newer version: exit 6', async () => {
    await written.close();
    const journal = join(written.dir, 'journal');
    for (const name of readdirSync(journal)) writeFileSync(join(journal, name), segmentOfFormat(99));
    rmSync(join(written.dir, 'catalog.db'), { force: true });
    const { code, stderr } = await read('list');
    expect(stderr).toMatch(/newer|version/);
    expect(code).toBe(6);
  });

  it('follows the journal with watch: new records only, and --until-error ends it', async () => {
    const cli = new RunningCli(['watch', '--dir', written.dir, '--until-error']);
    running.push(cli);
    await cli.until('stderr', 'Watching');
    // The position in the journal is taken after the notice: repeat until the first line is there.
    let n = 0;
    while (!cli.stdout.includes('Live')) {
      written.record('ana-1', `Live ${(n += 1)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    written.record('ana-1', 'Boom', 'error');
    const { code, stdout } = await cli.result;
    expect(stdout).toMatch(/❌ .* no .*ana-1_\S+\n$/);
    expect(stdout).not.toContain('Otra');
    expect(code).toBe(10);
  });
});

/** A segment's first line as a later version may write it: valid, but of an unknown format. */
function segmentOfFormat(format: number): string {
  const rest = `"seq":1,"ts":1,"kind":"segment","format":${format},"boot":"b","pid":1,"host":"h","version":"9.0.0"}`;
  return `{"crc":"${crc32(rest).toString(16).padStart(8, '0')}",${rest}\n`;
}

function snapshot(dir: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort()) {
    try {
      files[name] = readFileSync(join(dir, name), 'latin1');
    } catch {
      files[name] = 'a directory';
    }
  }
  return files;
}

describe('a hostile directory', () => {
  /** The fault in the place of each file, and its message. */
  const SEGMENTS: [what: string, make: (path: string) => void][] = [
    ['FIFO', (path) => void spawnSync('mkfifo', [path])],
    ['directory', (path) => mkdirSync(path)],
    ['symbolic link', (path) => symlinkSync(path, path)],
    ['symbolic link', (path) => symlinkSync('/dev/zero', path)],
  ];
  const CATALOGS: [what: string, make: (path: string) => void][] = [
    ['FIFO', (path) => void spawnSync('mkfifo', [path])],
    ['symbolic link', (path) => symlinkSync('/etc/passwd', path)],
    ['directory', (path) => mkdirSync(path)],
    ['sparse file', (path) => sparse(path)],
  ];

  function sparse(path: string): void {
    writeFileSync(path, '');
    truncateSync(path, 30 * 1024 ** 3);
  }

  it('is read as far as possible, with a message for each unreadable part, and no file left behind', async () => {
    await written.close();
    const journal = join(written.dir, 'journal');
    SEGMENTS.forEach(([, make], at) => make(join(journal, `0000009${at}.ndjson`)));
    sparse(join(journal, '00000099.ndjson'));
    writeFileSync(join(journal, '00000098\n\u001b[31m.ndjson'), 'x');
    spawnSync('mkfifo', [join(written.dir, 'pins'), join(written.dir, 'debug-token')]);
    const tmp = temporaryDirectory();
    for (const [what, make] of CATALOGS) {
      for (const suffix of ['', '-wal', '-shm']) {
        rmSync(join(written.dir, `catalog.db${suffix}`), { recursive: true, force: true });
      }
      make(join(written.dir, 'catalog.db'));
      const { code, stdout, stderr } = await runCli(['list', '--raw', '--dir', written.dir], { env: { TMPDIR: tmp } });
      expect({ what, code, stderr }).toMatchObject({ code: 0 });
      expect(JSON.parse(stdout)).toMatchObject({ count: 3 });
      expect(stderr).toContain(`catalog.db is a ${what}`);
      expect(stderr).toContain('pins is a FIFO');
      expect(stderr).not.toContain('\u001b');
      expect(readdirSync(tmp)).toEqual([]);
    }
    const { stdout } = await runCli(['health', '--raw', '--dir', written.dir]);
    const reasons = (JSON.parse(stdout) as { reasons: string[] }).reasons.join('\n');
    SEGMENTS.forEach(([what], at) => expect(reasons).toContain(`0000009${at}.ndjson is a ${what}`));
    expect(reasons).toMatch(/00000099\.ndjson has 32212254720 bytes/);
    const doctor = await runCli(['doctor', '--dir', written.dir]);
    expect(doctor.stdout).toContain('00000090.ndjson');
  });

  it.each([
    ['is a file', (dir: string) => writeFileSync(join(dir, 'journal'), '')],
    ['is a FIFO', (dir: string) => void spawnSync('mkfifo', [join(dir, 'journal')])],
    ['is a link to itself', (dir: string) => symlinkSync('journal', join(dir, 'journal'))],
  ])('whose journal %s ends with 6', async (_, make) => {
    const dir = temporaryDirectory();
    make(dir);
    const { code, stderr } = await runCli(['list', '--dir', dir]);
    expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringContaining('cannot be read') });
  });

  it('leaves nothing behind when it is interrupted while it builds the index', async () => {
    const cache = temporaryDirectory();
    const folder = join(cache, 'nestjs-trace-collector');
    mkdirSync(folder, { mode: 0o700 });
    for (let n = 0; n < 4_000; n += 1) written.record(`many-${n}`, 'Hola');
    await written.close();
    rmSync(join(written.dir, 'catalog.db'), { force: true });
    const cli = new RunningCli(['list', '--dir', written.dir], { env: { XDG_CACHE_HOME: cache } });
    running.push(cli);
    // The folder's watcher reports the draft; the index is being built then.
    for await (const _ of watch(folder)) break;
    cli.child.kill('SIGTERM');
    expect(await cli.result).toMatchObject({ code: 130 });
    expect(readdirSync(folder)).toEqual([]);
  });
});
