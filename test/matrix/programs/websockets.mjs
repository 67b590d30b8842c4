import { cpSync } from 'node:fs';
import { join } from 'node:path';

const WELL = ['✅ Workflow completed successfully'];
const NOTHING_TRACED = ['ℹ️ No error was recorded; nothing inside the handler was traced'];

/**
 * The expected trace of each message of `test/matrix/websockets/app.cjs`: status, hints by their beginning, least
 * duration.
 */
const EXPECTED = {
  plain: ['completed', NOTHING_TRACED],
  step: ['completed', WELL],
  reply: ['completed', WELL],
  throws: ['error', ['❌ Error in LeadsGateway.throws: calendar down']],
  caught: ['error', ['❌ Error in crm: CRM is down']],
  guard_false: ['error', ['❌ MessageRefused in WS guard_false by ArrowGuard: ArrowGuard refused the message']],
  guard_throws: ['error', ['❌ UnauthorizedException in WS guard_throws by ThrowingGuard: bad signature']],
  pipe: ['error', [/^❌ BadRequestException in LeadsGateway\.pipe: .*age must be a number/]],
  filter: ['error', ['❌ Error in LeadsGateway.filter: hidden']],
  observable: ['completed', WELL],
  observable_fails: ['error', ['❌ Error in LeadsGateway.observable_fails: feed broke']],
  background: ['completed', WELL, 149],
  late: ['completed', ['🕓 1 late event']],
  control_flow: ['completed', WELL],
  // Nest unsubscribes; the promise continues, and the trace waits for its step.
  leaves_promise: ['cancelled', [/^🔌 The client went away, before the answer was out(?!.*cut off)/], 149],
  leaves_observable: ['cancelled', [/^🔌 The client went away.*; LeadsGateway\.leaves_observable was cut off$/]],
};

const PLATFORMS = ['ws', 'socket.io'];

/** Messages of a WebSocket, and the hints about them, on both platforms of Nest. */
export const programs = ['11', '12'].map((nest) => ({
  name: `websockets-${nest}`,
  seconds: 40,
  run: (context) => runOn(`^${nest}.0.0`, context),
}));

async function runOn(version, { project, install, exec, cell }) {
  const dependencies = {
    '@nestjs/common': version,
    '@nestjs/core': version,
    '@nestjs/platform-express': version,
    '@nestjs/platform-socket.io': version,
    '@nestjs/platform-ws': version,
    '@nestjs/websockets': version,
    'class-validator': '^0.14.0',
    'reflect-metadata': '^0.2.2',
    rxjs: '^7.8.2',
    'socket.io-client': '^4.8.0',
    ws: '^8.18.0',
  };
  const directory = await install('websockets', { dependencies }, { legacyPeers: true });
  const app = join(directory, 'app.cjs');
  cpSync(join(project, 'test/matrix/websockets/app.cjs'), app);
  for (const platform of PLATFORMS) {
    await cell(platform, async () => {
      const options = { cwd: directory, timeoutSeconds: 90 };
      const { code, stdout, stderr } = await exec(process.execPath, [app, platform], options);
      if (code !== 0) throw new Error(`exited with ${code}\n${stderr}`);
      const rows = stdout.trim().split('\n');
      const seen = new Map(rows.map((row) => [JSON.parse(row).name, JSON.parse(row)]));
      const wrong = Object.keys(EXPECTED).filter((name) => !fits(seen.get(name), EXPECTED[name]));
      const { self_errors, active_traces } = seen.get('health') ?? {};
      if (self_errors !== 0 || active_traces !== 0) wrong.push('health');
      if (wrong.length > 0) throw new Error(`${wrong.join(', ')}\n${stdout}`);
      return `${Object.keys(EXPECTED).length} situations`;
    });
  }
}

function fits(row, [status, hints, leastMs = 0]) {
  if (row?.status !== status || row.hints.length !== hints.length) return false;
  // One duration: from the start to the end, without the quiet time.
  if (Math.abs(row.durationMs - row.clockMs) > 1 || row.durationMs < leastMs) return false;
  return hints.every((hint, at) =>
    hint instanceof RegExp ? hint.test(row.hints[at]) : row.hints[at].startsWith(hint),
  );
}
