import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Why a case cannot run on this machine. */
export class Skip extends Error {}

/** Runs `work` with an empty directory, and removes it afterwards. */
export async function withDir(work) {
  const dir = mkdtempSync(join(tmpdir(), 'faults-'));
  try {
    return await work(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Runs `work` with a small separate disk. Throws `Skip` where nothing may be mounted. */
export function withDisk(megabytes, work) {
  return withDir(async (dir) => {
    const disk = join(dir, 'disk');
    mkdirSync(disk);
    const { status, stderr } = run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0777`, 'faults', disk]);
    if (status !== 0) throw new Skip(`no disk can be mounted here: ${stderr.trim()}`);
    try {
      return await work(disk);
    } finally {
      run('umount', ['-l', disk]);
    }
  });
}

export function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  return { status: error ? 127 : status, stdout: stdout ?? '', stderr: error?.message ?? stderr ?? '' };
}

export function needs(command) {
  if (run('which', [command]).status !== 0) throw new Skip(`there is no ${command} here`);
}
