import type { ModelDialect } from '../../outgoing-dialect.js';

/** Dialects of model APIs. */
export const MODEL_DIALECTS: readonly ModelDialect[] = [];
