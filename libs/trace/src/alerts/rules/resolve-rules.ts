import { isPlainObject } from '../../model/objects.js';
import { badOption, listOption } from '../../model/option-checks.js';
import { ALERT_RULES, type AlertRuleName } from '../alert.js';
import { type AlertRule, alertWhen } from './alert-when.js';
import { costRule } from './cost.js';
import { errorRateRule } from './error-rate.js';
import { lostRule } from './lost.js';
import { newErrorRule } from './new-error.js';
import type { Rule } from './rule.js';
import { shippingRule } from './shipping.js';
import { silentRule } from './silent.js';
import { slowRule } from './slow.js';

const RESOLVERS: Readonly<Record<AlertRuleName, (path: string, given: never) => Rule>> = {
  newError: newErrorRule,
  errorRate: errorRateRule,
  silent: silentRule,
  slow: slowRule,
  cost: costRule,
  lost: lostRule,
  shipping: shippingRule,
};

const NAMES = ALERT_RULES.map((name) => `alertWhen.${name}()`).join(', ');

/** Checks the option `alerts.rules`. Default: new errors, the error rate, and lost records. */
export function resolveRules(given: unknown): Rule[] {
  const defaults = [alertWhen.newError(), alertWhen.errorRate(), alertWhen.lost()];
  const rules = given === undefined ? defaults : listOption<AlertRule>('alerts.rules', given, isRule, NAMES);
  const ids = new Set<string>();
  return rules.map(({ rule, options }, i) => {
    const path = `alerts.rules[${i}]`;
    const made = RESOLVERS[rule](path, options as never);
    if (ids.has(made.id)) throw badOption(path, `${rule}, a second time with the same options`, 'each rule once');
    ids.add(made.id);
    return made;
  });
}

function isRule(item: unknown): boolean {
  if (!isPlainObject(item)) return false;
  const { rule, options } = item as Partial<AlertRule>;
  return ALERT_RULES.includes(rule as AlertRuleName) && typeof options === 'object';
}
