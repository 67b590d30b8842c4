import type { CapturedRequest, RouteRule } from '../../capture.options.js';
import type { InternalErrors } from '../../internal-errors.js';

/** The default: `/webhook`, `/api/webhooks/whatsapp`, `/webhook-in`; not `/my-webhook`. */
const WEBHOOK_SEGMENT = /(?:^|\/)webhook/i;

type PathRule = string | RegExp;
type Predicate = (request: CapturedRequest) => boolean;

/** The application's `capture.routes`; without any, the default rule. */
export class RouteRules {
  private readonly paths: PathRule[];
  private readonly predicates: Predicate[];
  private readonly asked = new WeakMap<CapturedRequest, boolean>();

  constructor(
    rules: readonly RouteRule[],
    private readonly internalErrors: InternalErrors,
  ) {
    this.paths = rules.filter((rule): rule is PathRule => typeof rule !== 'function');
    this.predicates = rules.filter((rule): rule is Predicate => typeof rule === 'function');
    if (rules.length === 0) this.paths.push(WEBHOOK_SEGMENT);
  }

  get hasPredicates(): boolean {
    return this.predicates.length > 0;
  }

  /** Whether a prefix or a RegExp takes this path. */
  takesPath(path: string): boolean {
    for (const rule of this.paths) if (matches(rule, path)) return true;
    return false;
  }

  /** Whether a predicate takes this request; asked once. One that throws is counted and takes nothing. */
  takesRequest(request: CapturedRequest): boolean {
    if (this.predicates.length === 0) return false;
    const known = this.asked.get(request);
    if (known !== undefined) return known;
    const taken = this.ask(request);
    this.asked.set(request, taken);
    return taken;
  }

  private ask(request: CapturedRequest): boolean {
    return this.predicates.some((predicate) => {
      try {
        return Boolean(predicate(request));
      } catch (error) {
        this.internalErrors.add('capture.routes', error);
        return false;
      }
    });
  }
}

function matches(rule: PathRule, path: string): boolean {
  if (typeof rule === 'string') {
    const prefix = `/${trimSlashes(rule)}`;
    return path === prefix || path.startsWith(prefix === '/' ? '/' : `${prefix}/`);
  }
  // A rule with the g or y flag would remember where it stopped and miss every other request.
  rule.lastIndex = 0;
  return rule.test(path);
}

export function trimSlashes(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}
