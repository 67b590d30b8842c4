import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
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

/** One script, one style sheet, one icon. The server writes the document, because it has the path of the page. */
export default defineConfig({
  root: here,
  publicDir: false,
  logLevel: 'warn',
  plugins: [icon()],
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
