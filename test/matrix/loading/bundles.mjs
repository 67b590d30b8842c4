import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { application } from './application.mjs';
import { installation, run, write } from './installation.mjs';

const NEST = { '@nestjs/common': '^11.0.0', '@nestjs/core': '^11.0.0', '@nestjs/platform-express': '^11.0.0' };
const TOOLS = { esbuild: '^0.28.0', webpack: '^5.0.0', 'class-transformer': '^0.5.1' };

/**
 * Packages that Nest looks for and an application need not have: left to run time, as Nest's page on serverless
 * advises.
 */
const OPTIONAL = ['@nestjs/microservices', '@nestjs/websockets', '@nestjs/platform-fastify', '@fastify/'];

/** esbuild and webpack, CommonJS and ESM, minified: recording, indexing, `/debug`, the page, MCP. */
export async function* bundleCells(tarball) {
  const dependencies = { ...NEST, ...TOOLS, 'reflect-metadata': '^0.2.2', rxjs: '^7.8.2' };
  const dir = await installation('bundles', dependencies, tarball);
  write(join(dir, 'app.mjs'), application('esm'));
  write(join(dir, 'bundle.mjs'), BUNDLE);
  for (const tool of ['esbuild', 'webpack']) {
    for (const format of ['cjs', 'esm']) {
      // A path that needs escaping: a deployment may put the package anywhere.
      const out = join(dir, `${tool} ${format} #1 %41 ñ`);
      const made = await run(process.execPath, ['bundle.mjs', tool, format, out], { cwd: dir });
      const file = join(out, format === 'cjs' ? 'main.cjs' : 'main.mjs');
      const env = { TRACE_DIR: join(out, 'traces') };
      const ran = made.code === 0 ? await run(process.execPath, [file], { cwd: out, env }) : made;
      // A bundler's warning about our code counts as a fault.
      const warned = made.output.includes('nestjs-trace-collector');
      const ok = ran.code === 0 && ran.output.trim() === 'served' && !warned;
      yield { name: `${tool}, ${format}`, ok, detail: ok ? '' : `${made.output}\n${ran.output}` };
      // Nothing else is installed: on Node 20 the index is then in memory.
      const alone = mkdtempSync(join(tmpdir(), 'bundle alone '));
      cpSync(out, alone, { recursive: true });
      rmSync(join(alone, 'traces'), { recursive: true, force: true });
      const how = { cwd: alone, env: { TRACE_DIR: join(alone, 'traces') } };
      const served = ok && (await run(process.execPath, [join(alone, basename(file))], how));
      const isServed = served && served.code === 0 && served.output.trim() === 'served';
      yield {
        name: `${tool}, ${format}, in an empty folder`,
        ok: isServed,
        detail: isServed ? '' : String(served && served.output),
      };
      rmSync(alone, { recursive: true, force: true });
    }
  }
}

const BUNDLE = `
const [tool, format, out] = process.argv.slice(2);
const optional = ${JSON.stringify(OPTIONAL)};
const banner = "import { createRequire as real } from 'node:module'; const require = real(import.meta.url); const __dirname = import.meta.dirname; const __filename = import.meta.filename;";
if (tool === 'esbuild') {
  const { build } = await import('esbuild');
  await build({
    entryPoints: ['app.mjs'], bundle: true, minify: true, keepNames: true, platform: 'node', format, logLevel: 'warning',
    outfile: out + (format === 'cjs' ? '/main.cjs' : '/main.mjs'),
    external: optional.flatMap((name) => [name.replace(/\\/$/, '/*'), name.replace(/\\/$/, '') + '/*']),
    ...(format === 'esm' && { banner: { js: banner } }),
  });
} else {
  const { default: webpack } = await import('webpack');
  const esm = format === 'esm';
  const compiler = webpack({
    mode: 'production', target: 'node20', entry: './app.mjs', devtool: false, optimization: { minimize: false },
    experiments: { outputModule: esm },
    output: { path: out, filename: esm ? 'main.mjs' : 'main.cjs', library: { type: esm ? 'module' : 'commonjs2' }, chunkFormat: esm ? 'module' : 'commonjs' },
    externals: [({ request }, done) => (optional.some((name) => request.startsWith(name)) ? done(null, (esm ? 'node-commonjs ' : 'commonjs ') + request) : done())],
  });
  await new Promise((resolve, reject) => compiler.run((error, stats) => {
    if (error || stats.hasErrors()) reject(error ?? new Error(stats.toString({ all: false, errors: true })));
    else {
      const warnings = stats.toString({ all: false, warnings: true });
      if (/nestjs-trace-collector/.test(warnings)) reject(new Error(warnings));
      else resolve();
    }
  }));
}
`;
