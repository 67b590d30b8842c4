import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadedBytes, MAX_BYTES } from './support/entry-sizes.js';

describe('the size of an entry point', () => {
  it.each(Object.entries(MAX_BYTES))('%s stays below %i bytes', (entry, most) => {
    const bytes = loadedBytes(entry);
    expect(bytes).toBeLessThanOrEqual(most);
    // A limit far above the size would allow anything.
    expect(bytes).toBeGreaterThan(most * 0.6);
  });

  it('is counted with static imports, without those at run time', () => {
    const dir = mkdtempSync(join(tmpdir(), 'entry-sizes-'));
    try {
      const loaded = {
        'a.js': `import { b } from "./b.js";\nconst later = () => import('./d.js');\n`,
        'b.js': `export * from './c.js';\nimport 'node:fs';\n`,
        'c.js': `import "./a.js";\n`,
      };
      for (const [file, text] of Object.entries({ ...loaded, 'd.js': '// later' }))
        writeFileSync(join(dir, file), text);
      expect(loadedBytes(join(dir, 'a.js'))).toBe(Object.values(loaded).join('').length);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
