import { nearestWord } from './nearest-word.js';

const WORDS = ['list', 'last', 'trace', 'contact', 'health', 'clear'];

it.each([
  ['lst', 'list'],
  ['traces', 'trace'],
  ['conatct', 'contact'],
  ['heal', 'health'],
  ['xyz', undefined],
  ['', undefined],
])('suggests for %j the word %s', (typed, meant) => {
  expect(nearestWord(typed, WORDS)).toBe(meant);
});
