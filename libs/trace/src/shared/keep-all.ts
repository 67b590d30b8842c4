import type { SharedRetention } from './ship-target.js';

const CENTURY_MS = 100 * 365 * 86_400_000;

/**
 * For a program that has not got the applications' option `retention`: it never deletes by age. It sums hours, and
 * ends traces of silent processes.
 */
export const KEEP_ALL: SharedRetention = { maxAgeMs: CENTURY_MS, errorMaxAgeMs: CENTURY_MS, maxBytes: undefined };

/**
 * Milliseconds between two calls of `maintain` with it. The first process of a minute does the work: applications call it each
 * minute, and such a program must not always be the first.
 */
export const KEEP_ALL_EACH_MS = 300_000;
