import { ERROR_RULES } from './error-rules.js';
import { LIFE_RULES } from './life-rules.js';
import type { HintRuleDefinition } from './hint-rule.js';
import { NOTHING_TRACED } from './closing-rules.js';
import { WEBHOOK_RULES } from './webhook-rules.js';
import { WORK_RULES } from './work-rules.js';

/** The built-in rules in the order of their hints: how the trace ended, errors, the work, the webhook. */
export const BUILT_IN_HINTS: readonly HintRuleDefinition[] = [
  ...LIFE_RULES,
  ...ERROR_RULES,
  ...WORK_RULES,
  ...WEBHOOK_RULES,
  NOTHING_TRACED,
];
