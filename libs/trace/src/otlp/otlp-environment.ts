import { badOption } from '../model/option-checks.js';

/**
 * The address that OpenTelemetry's variables give for traces; `undefined`: none. That for traces is used as it is, to the one
 * for all signals `/v1/traces` is added.
 *
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
export function endpointIn(env: NodeJS.ProcessEnv): string | undefined {
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces, OTEL_EXPORTER_OTLP_ENDPOINT: all } = env;
  if (traces) return checked('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', traces);
  if (!all) return undefined;
  const url = new URL(checked('OTEL_EXPORTER_OTLP_ENDPOINT', all));
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`;
  return url.href;
}

/** The value may have a password and is not shown. */
function checked(name: string, value: string): string {
  if (/^https?:\/\//i.test(value) && URL.canParse(value)) {
    const url = new URL(value);
    if (url.username === '' && url.password === '') return url.href;
  }
  throw badOption(name, '(text)', "an address without user and password, such as 'http://localhost:4318'");
}

/**
 * Pairs as `name=value,name=value`, with values in percent encoding. A pair that cannot be read is left out, as the
 * specification asks.
 *
 * @see https://www.w3.org/TR/baggage/#header-content
 */
export function pairsIn(text: string | undefined): Record<string, string> {
  const pairs = (text ?? '').split(',').flatMap((pair): [string, string][] => {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    if (at < 1 || name === '') return [];
    try {
      return [[decodeURIComponent(name), decodeURIComponent(pair.slice(at + 1).trim())]];
    } catch {
      return [];
    }
  });
  return Object.fromEntries(pairs);
}
