import type { RandomSource } from '../capture/trace/id-generator.js';

/** Bytes that look random and are the same in every run: a linear congruential generator (Numerical Recipes' numbers). */
export function testRandom(seed = 1): RandomSource {
  let state = seed >>> 0;
  return (buffer) => {
    for (let i = 0; i < buffer.length; i += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      buffer[i] = state >>> 24;
    }
    return buffer;
  };
}
