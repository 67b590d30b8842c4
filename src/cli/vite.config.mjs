import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const compiled = join(here, '../../dist/src/cli');

/**
 * `get-trace` in a few files instead of two hundred: looking for each of them is what half of a short command's time
 * went into. It reads what `nest build` compiled, and takes the place of its `main.js`; what a command needs seldom
 * stays in a file of its own. Packages are left where they are.
 */
export default defineConfig({
  root: here,
  publicDir: false,
  logLevel: 'warn',
  build: {
    ssr: join(compiled, 'main.js'),
    outDir: compiled,
    emptyOutDir: false,
    target: 'node20',
    minify: false,
    sourcemap: true,
    rollupOptions: {
      // All in one folder: `import.meta.url` is a file of `dist/src/cli`, as it was.
      output: { entryFileNames: 'main.js', chunkFileNames: 'part-[name]-[hash].js' },
    },
  },
});
