import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

/** SWC compiles the decorators: Vite's own compiler writes no types for Nest's injection. */
export default defineConfig({
  plugins: [swc.vite({ module: { type: 'es6' } })],
  test: { root: import.meta.dirname, include: ['*.vitest.ts'] },
});
