import type { CallTarget } from '../../context/recorder.js';
import { ATTRIBUTE, type Attributes } from '../../model/attributes.js';
import type { InternalErrors } from '../internal-errors.js';
import { matchesHost } from './host-rules.js';
import type { OutgoingDialect, OutgoingTarget } from './outgoing-dialect.js';
import type { OutgoingOptions } from './outgoing.options.js';
import { pathTemplate } from '../../model/path-template.js';

/** What is the same for all calls of one method to one path of one host. */
export interface CallSite {
  readonly target: OutgoingTarget;
  /** Attributes that all calls have: method, host, path template. */
  readonly attributes: Readonly<Attributes>;
  /** The URL without the query, redacted. */
  readonly url: string;
  /** Reads the calls; `undefined`: none does. */
  readonly dialect: OutgoingDialect | undefined;
  /** The host may be sent a `traceparent`. */
  readonly propagates: boolean;
}

/** An application calls a few dozen places, and paths with ids in them come and go. */
const MAX_SITES = 500;
/** Longer paths are not kept. */
const MAX_PATH = 300;

/** Chooses the dialect of a call, once for each place. */
export class CallSites {
  private readonly sites = new Map<string, CallSite | null>();

  constructor(
    private readonly options: OutgoingOptions,
    private readonly redact: { name(text: string): string; url(text: string): string },
    private readonly internalErrors: InternalErrors,
  ) {}

  /** `undefined`: calls to it are not recorded. */
  of({ method, host, path, secure, headers }: CallTarget): CallSite | undefined {
    const query = path.indexOf('?');
    const place = query === -1 ? path : path.slice(0, query);
    const url = `${secure ? 'https' : 'http'}://${host}${place}`;
    const telling = tellingHeaders(headers);
    const key = `${method} ${url}${telling === undefined ? '' : ` ${Object.keys(telling).join()}`}`;
    const known = this.sites.get(key);
    if (known !== undefined) return known ?? undefined;
    const site = this.make({ method: method.toUpperCase(), host, path: place, headers: telling }, url);
    if (place.length > MAX_PATH) return site;
    if (this.sites.size >= MAX_SITES) this.sites.clear();
    this.sites.set(key, site ?? null);
    return site;
  }

  private make(target: OutgoingTarget, url: string): CallSite | undefined {
    const { exclude, propagate } = this.options;
    if (exclude.some((rule) => this.matches(rule, target.host))) return undefined;
    return {
      target,
      url: this.redact.url(url),
      attributes: {
        [ATTRIBUTE.method]: this.redact.name(target.method),
        [ATTRIBUTE.host]: this.redact.name(target.host),
        [ATTRIBUTE.path]: this.redact.name(pathTemplate(target.path)),
        [ATTRIBUTE.source]: 'http',
      },
      dialect: this.options.bodies === 'none' ? undefined : this.dialectOf(target),
      propagates: propagate.some((rule) => this.matches(rule, target.host)),
    };
  }

  private matches(rule: OutgoingOptions['exclude'][number], host: string): boolean {
    return this.internalErrors.guard('capture.outgoing', () => matchesHost(rule, host)) ?? false;
  }

  private dialectOf(target: OutgoingTarget): OutgoingDialect | undefined {
    for (const dialect of this.options.dialects)
      if (this.internalErrors.guard(`dialect ${dialect.name}`, () => dialect.match(target)) === true) return dialect;
    return undefined;
  }
}

/**
 * The headers by which a client of a model API is known at any host: Anthropic's version, Ollama's own client. Others would
 * make a place of each call.
 */
function tellingHeaders(headers: CallTarget['headers']): OutgoingTarget['headers'] {
  if (headers === undefined) return undefined;
  const version = headers['anthropic-version'];
  if (version !== undefined) return { 'anthropic-version': version };
  const agent = headers['user-agent'];
  return agent?.startsWith('ollama-') ? { 'user-agent': agent } : undefined;
}
