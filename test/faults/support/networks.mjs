import { needs, run, Skip } from './place.mjs';

/** Address of this machine in the networks that `withNetworks` makes. */
export const HERE = '10.97.0.1';
const BRIDGE = 'trace-bridge';

/**
 * Runs `work` with some networks that reach this machine as `HERE` and can be cut off. Throws `Skip` where none may be made.
 * @param work receives a list of `{ wrap, cut(), join() }`; `wrap` comes before the command of a program in that network
 */
export async function withNetworks(count, work) {
  needs('ip');
  const names = Array.from({ length: count }, (_, at) => `trace-net-${at + 1}`);
  remove(names);
  const made = [
    ['link', 'add', BRIDGE, 'type', 'bridge'],
    ['addr', 'add', `${HERE}/16`, 'dev', BRIDGE],
    ['link', 'set', BRIDGE, 'up'],
    ...names.flatMap((name, at) => [
      ['netns', 'add', name],
      ['link', 'add', cable(at), 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name],
      ['link', 'set', cable(at), 'master', BRIDGE, 'up'],
      ['-n', name, 'addr', 'add', `10.97.1.${at + 1}/16`, 'dev', 'eth0'],
      ['-n', name, 'link', 'set', 'eth0', 'up'],
      ['-n', name, 'link', 'set', 'lo', 'up'],
    ]),
  ];
  try {
    for (const args of made) {
      const { status, stderr } = run('ip', args);
      if (status !== 0) throw new Skip(`no network can be made here: ip ${args.join(' ')}: ${stderr.trim()}`);
    }
    return await work(
      names.map((name, at) => ({
        wrap: ['ip', 'netns', 'exec', name],
        cut: () => run('ip', ['link', 'set', cable(at), 'down']),
        join: () => run('ip', ['link', 'set', cable(at), 'up']),
      })),
    );
  } finally {
    remove(names);
  }
}

function cable(at) {
  return `trace-cable-${at + 1}`;
}

function remove(names) {
  for (const name of names) run('ip', ['netns', 'del', name]);
  run('ip', ['link', 'del', BRIDGE]);
}
