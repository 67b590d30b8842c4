import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, runnerImport } from 'vite';
import type { Plugin } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));

/** Written beside the code that serves them; `nest build` empties `dist`, so this runs after it. */
const BESIDE_THE_PAGE = '../../dist/libs/trace/src/debug/page/assets';

/** The document names the icon; no script does. */
function icon(): Plugin {
  return {
    name: 'icon',
    generateBundle() {
      this.emitFile({ type: 'asset', name: 'icon.svg', source: readFileSync(join(here, 'src/icon.svg')) });
    },
  };
}

const QUESTIONS = join(here, '../trace/src/contract/questions.ts');

type Table = Record<string, { method: string; paths: string[]; parameters: Record<string, { type: string }> }>;

/**
 * The table of questions with what a request needs: method, paths, and which parameters are times. Help, bounds and the
 * calls of the server are 3 KB of the compressed script.
 */
function onlyRequests(): Plugin {
  return {
    name: 'only-requests',
    async load(id) {
      if (id !== QUESTIONS) return undefined;
      const { module } = await runnerImport<{ QUESTIONS: Table }>(QUESTIONS, { configFile: false, root: here });
      const rows = Object.entries(module.QUESTIONS).map(([name, { method, paths, parameters }]) => {
        const times = Object.entries(parameters).filter(([, { type }]) => type === 'moment');
        return [name, { method, paths, parameters: Object.fromEntries(times.map(([key]) => [key, { type: 'moment' }])) }];
      });
      return `export const QUESTIONS = ${JSON.stringify(Object.fromEntries(rows))};`;
    },
  };
}

/** One script, one style sheet, one icon. The server writes the document, because it has the path of the page. */
export default defineConfig({
  root: here,
  publicDir: false,
  logLevel: 'warn',
  plugins: [icon(), onlyRequests()],
  build: {
    outDir: process.env.DASHBOARD_OUT ?? join(here, BESIDE_THE_PAGE),
    emptyOutDir: true,
    target: 'es2022',
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    modulePreload: false,
    rollupOptions: {
      input: join(here, 'src/main.tsx'),
      output: {
        codeSplitting: false,
        entryFileNames: 'dashboard-[hash].js',
        assetFileNames: 'dashboard-[hash][extname]',
      },
    },
  },
});
