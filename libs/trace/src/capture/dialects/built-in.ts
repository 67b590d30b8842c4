import type { Dialect } from './dialect.js';
import { generic } from './generic.dialect.js';
import { gohighlevel } from './gohighlevel.dialect.js';

/** All built-in dialects: the specific ones first, the one that fits anything last. */
export const BUILT_IN_DIALECTS: readonly Dialect[] = [gohighlevel, generic];
