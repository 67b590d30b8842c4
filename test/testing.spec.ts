import { readFileSync } from 'node:fs';
import * as testing from 'nestjs-trace-collector/testing';
import { traceMatchers, webhooks } from 'nestjs-trace-collector/testing';

const page = readFileSync('docs/guides/testing.md', 'utf8');

/** Those of `names` that the page does not name. */
const missing = (names: string[]) => names.filter((name) => !new RegExp(`\\b${name}\\b`).test(page));

describe('the guide about testing', () => {
  it('shows the test that `testing-example.spec.ts` runs', () => {
    const run = readFileSync('test/testing-example.spec.ts', 'utf8');
    const shown = /^```ts\n(.*?)^```/ms.exec(page)?.[1];
    expect(shown).toBe(run.replace('../src/example/', './'));
  });

  it('has every name of the entry point', () => {
    expect(Object.keys(testing).length).toBeGreaterThan(6);
    expect(missing(Object.keys(testing))).toEqual([]);
  });

  it('has every matcher and every builder', () => {
    expect(missing(Object.keys(traceMatchers))).toEqual([]);
    expect(missing(Object.keys(webhooks).filter((name) => !name.includes('-')))).toEqual([]);
  });
});
