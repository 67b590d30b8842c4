import type { HostRule } from './outgoing.options.js';

/** Whether a rule takes a host. A text without a port takes the host at any port. Throws what a predicate throws. */
export function matchesHost(rule: HostRule, host: string): boolean {
  if (typeof rule === 'function') return rule(host) === true;
  if (rule instanceof RegExp) return host.search(rule) >= 0;
  const wanted = rule.toLowerCase();
  const name = hasPort(wanted) ? host : host.replace(/:\d+$/, '');
  return name === wanted || name.endsWith(`.${wanted}`);
}

function hasPort(rule: string): boolean {
  return /:\d+$/.test(rule);
}
