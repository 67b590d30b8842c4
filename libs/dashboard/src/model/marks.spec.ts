import { readFileSync } from 'node:fs';
import { BUILT_IN_EVENT_TYPES } from '../../../trace/src/views/events/event-looks.js';
import { MARKS } from './marks.js';

const MARK = /\p{Extended_Pictographic}/gu;
const known = new Set(Object.keys(MARKS));

describe('marks that have an icon', () => {
  it('are those of all documented hints', () => {
    const hints = readFileSync(new URL('../../../../docs/hints.md', import.meta.url), 'utf8');
    const marks = new Set(hints.match(MARK));
    expect(marks.size).toBeGreaterThan(25);
    expect([...marks].filter((mark) => !known.has(mark))).toEqual([]);
  });

  it('are those of all built-in events', () => {
    const icons = Object.values(BUILT_IN_EVENT_TYPES).flatMap(({ icon }) => icon?.match(MARK) ?? []);
    expect(icons.filter((mark) => !known.has(mark))).toEqual([]);
  });
});
