const IMPORTS = {
  '@nestjs/common': ['Controller', 'Module', 'Post'],
  '@nestjs/core': ['NestFactory'],
  'nestjs-trace-collector': ['TraceModule', 'currentTrace', 'traceEvent'],
};

/** The same application as ESM and as CommonJS. */
export function application(format) {
  const lines = Object.entries(IMPORTS).map(([name, names]) =>
    format === 'esm'
      ? `import { ${names.join(', ')} } from '${name}';`
      : `const { ${names.join(', ')} } = require('${name}');`,
  );
  const first = format === 'esm' ? "import 'reflect-metadata';" : "require('reflect-metadata');";
  return [first, ...lines, PROGRAM].join('\n');
}

/** An application that records, indexes, answers `/debug` and serves the page and its script. It prints `served`. */
const PROGRAM = `
class Hook {
  take() {
    traceEvent('step', { inside: currentTrace() !== undefined });
    return 1;
  }
}
Controller('webhook')(Hook);
Post()(Hook.prototype, 'take', Object.getOwnPropertyDescriptor(Hook.prototype, 'take'));
class App {}
const options = { debug: { access: 'loopback' }, lifecycle: { quietMs: 100 }, storage: { dir: process.env.TRACE_DIR } };
Module({ imports: [TraceModule.forRoot(options)], controllers: [Hook] })(App);

async function main() {
  const { DELETED, WITHOUT_MCP } = process.env;
  if (DELETED) process.getBuiltinModule('node:fs').rmSync(DELETED, { recursive: true });
  const app = await NestFactory.create(App, { logger: ['error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  const url = 'http://127.0.0.1:' + app.getHttpServer().address().port;
  const body = JSON.stringify({ contactId: 'ana', message: 'hola' });
  const posted = await fetch(url + '/webhook', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const id = posted.headers.get('x-trace-id');
  const trace = await (await fetch(url + '/debug/trace/' + id)).json();
  const page = await (await fetch(url + '/debug')).text();
  const [script] = /debug\\/assets\\/dashboard-[\\w-]+\\.js/.exec(page) ?? [];
  const served = script && (await fetch(url + '/' + script));
  const size = served ? (await served.text()).length : 0;
  const mcp = await fetch(url + '/debug/mcp', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  });
  const tools = (await mcp.text()).includes('find_traces') || WITHOUT_MCP !== undefined;
  const list = await (await fetch(url + '/debug/traces')).json();
  await app.close();
  const found = { trace: trace.webhook_message, steps: trace.events?.length, listed: list.count, script: size > 10_000, tools };
  const good = found.trace === 'hola' && found.steps > 0 && found.listed === 1 && found.script && found.tools;
  console.log(good ? 'served' : JSON.stringify({ found, trace, page: page.slice(0, 300), list }));
  process.exitCode = good ? 0 : 1;
}
void main();
`;
