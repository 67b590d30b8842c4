import { isPlainObject } from '../../model/objects.js';
import { badOption, listOption, objectOption } from '../../model/option-checks.js';
import { OUTGOING_DIALECTS } from './dialects/built-in.js';
import type { OutgoingDialect } from './outgoing-dialect.js';

/** A host (`api.acme.example`, which also takes its subdomains), a RegExp for the host, or a predicate of it. */
export type HostRule = string | RegExp | ((host: string) => boolean);

/** How outgoing calls are recorded. */
export interface OutgoingModuleOptions {
  /**
   * Whose bodies are read: `known`, calls that a dialect reads; `all`; `none`. Default: `known`.
   */
  bodies?: 'known' | 'all' | 'none';
  /** Hosts whose calls are not recorded. Default: none. */
  exclude?: HostRule | HostRule[];
  /** Dialects of your own, asked before the built-in ones. Default: none. */
  dialects?: OutgoingDialect[];
  /**
   * Hosts to which the headers of W3C are sent: `traceparent` with the call's span, and `tracestate` and `baggage` of the
   * request that began the trace. A call that has a `traceparent` already keeps its own. Default: `false`, none.
   */
  propagate?: false | HostRule | HostRule[];
}

/** The options of `capture.outgoing` with all defaults. */
export interface OutgoingOptions {
  bodies: 'known' | 'all' | 'none';
  exclude: HostRule[];
  dialects: readonly OutgoingDialect[];
  propagate: HostRule[];
}

/**
 * `false`: outgoing calls are not recorded. `TRACE_CAPTURE_OUTGOING=off` turns them off without a change of code.
 * @throws TraceCollectorError `OPTION_INVALID`
 */
export function resolveOutgoing(
  options: boolean | OutgoingModuleOptions | undefined,
  env: NodeJS.ProcessEnv,
): OutgoingOptions | false {
  const off = env.TRACE_CAPTURE_OUTGOING === 'off';
  const given = typeof options === 'object' ? options : {};
  if (options !== undefined && typeof options !== 'boolean' && typeof options !== 'object')
    throw badOption('capture.outgoing', options, 'true, false or { bodies, exclude, dialects, propagate }');
  const checked = objectOption('capture.outgoing', given, ['bodies', 'exclude', 'dialects', 'propagate']);
  const { bodies = 'known' } = checked;
  if (!['known', 'all', 'none'].includes(bodies))
    throw badOption('capture.outgoing.bodies', bodies, "'known', 'all' or 'none'");
  const resolved: OutgoingOptions = {
    bodies,
    exclude: hostRules('capture.outgoing.exclude', checked.exclude),
    dialects: [
      ...listOption<OutgoingDialect>(
        'capture.outgoing.dialects',
        checked.dialects,
        (dialect) => isPlainObject(dialect) && typeof dialect.match === 'function',
        '{ name, type, match, read }, or { name, type, provider, match, request, response }',
      ),
      ...OUTGOING_DIALECTS,
    ],
    propagate: checked.propagate === false ? [] : hostRules('capture.outgoing.propagate', checked.propagate),
  };
  return options === false || off ? false : resolved;
}

function hostRules(name: string, given: HostRule | HostRule[] | undefined): HostRule[] {
  return listOption<HostRule>(
    name,
    given === undefined || Array.isArray(given) ? given : [given],
    (rule) => typeof rule === 'function' || rule instanceof RegExp || (typeof rule === 'string' && rule !== ''),
    "hosts such as 'api.acme.example', RegExps or predicates (host) => boolean",
  );
}
