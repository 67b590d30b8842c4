import type { CapturedRequest, RouteRule } from './capture.options.js';

/** The default: `/webhook`, `/api/webhooks/whatsapp`, `/webhook-in`; not `/my-webhook`. */
const WEBHOOK_SEGMENT = /(?:^|\/)webhook/i;

/** Whether a request opens a trace, by the application's rules or, without any, by the default. */
export function routeMatcher(
  rules: readonly RouteRule[],
): (request: CapturedRequest, method: string, path: string) => boolean {
  if (rules.length === 0) return (_request, _method, path) => WEBHOOK_SEGMENT.test(path);
  return (request, _method, path) => rules.some((rule) => matches(rule, request, path));
}

function matches(rule: RouteRule, request: CapturedRequest, path: string): boolean {
  if (typeof rule === 'string') {
    const prefix = `/${trimSlashes(rule)}`;
    return path === prefix || path.startsWith(prefix === '/' ? '/' : `${prefix}/`);
  }
  if (rule instanceof RegExp) {
    // A rule with the g or y flag would remember where it stopped and miss every other request.
    rule.lastIndex = 0;
    return rule.test(path);
  }
  return Boolean(rule(request));
}

export function trimSlashes(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}
