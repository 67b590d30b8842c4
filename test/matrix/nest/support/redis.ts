import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takePort } from '../../../support/run.js';

export interface Redis {
  port: number;
  stop(): Promise<void>;
}

/** Whether this machine has the program `redis-server` (Debian's package of the same name). */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/** A separate Redis, on a free port, without persistence. */
export async function startRedis(): Promise<Redis> {
  const dir = mkdtempSync(join(tmpdir(), 'matrix-redis-'));
  const { port, free } = await takePort();
  free();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir];
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  // It logs this line once it accepts connections.
  for await (const chunk of server.stdout) if (String(chunk).includes('Ready to accept connections')) break;
  await answers(port);
  return {
    port,
    stop: async () => {
      server.kill();
      if (server.exitCode === null) await once(server, 'exit');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Fails where another process took the port meanwhile. */
async function answers(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.write('PING\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  if (!answer.toString().startsWith('+PONG')) throw new Error(`port ${port} is not our Redis: ${answer.toString()}`);
}
