import type { AttributeValue } from '../model/attributes.js';
import { isPlainObject } from '../model/objects.js';
import { badOption, booleanOption, numberOption, oneOf, sizeOption, type ByteSize } from '../model/option-checks.js';
import { secretObjectOption, shapeOf } from '../model/secret-options.js';
import { DEFAULT_SERVICE } from '../otel/export/resource.js';
import type { OtlpContent } from '../otel/export/content.js';
import { endpointIn, pairsIn } from './otlp-environment.js';

/** Traces as OpenTelemetry's OTLP: where ended ones are sent, and what is done with spans that arrive. */
export interface OtlpOptions {
  /**
   * Address of a receiver of OTLP over HTTP: `http://localhost:4318`. One without a path gets `/v1/traces`, any other is used
   * as it is. Default: none, and nothing is sent.
   */
  url?: string;
  /** Headers of every request, such as `{ authorization: 'Bearer …' }`. Default: none. */
  headers?: Record<string, string>;
  /** `gzip` makes the bodies about a tenth as large. Default: `none`, which every receiver takes. */
  compression?: 'none' | 'gzip';
  /**
   * `full`: spans have the captured inputs, outputs and texts, redacted as in the journal. `metadata`: they have names, times,
   * models, tokens, cost, status codes and classes of errors, and no captured text. Default: `full`.
   */
  content?: OtlpContent;
  /**
   * Share of the traces that is sent, from 0 to 1. The W3C trace id decides, so services with the same share send the same
   * traces; the caller's flag `sampled` does not. Traces with an error, and those that failed, are always sent. Default: 1.
   */
  sample?: number;
  /**
   * Attributes of the process: `{ 'service.name': 'sales-bot', 'deployment.environment.name': 'production' }`. Default:
   * `service.name` is `storage.service`, else `unknown_service:node`.
   */
  resource?: Record<string, AttributeValue>;
  /**
   * `true`: OpenTelemetry's own variables give what the options leave out: `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`,
   * `OTEL_EXPORTER_OTLP_ENDPOINT`, the same with `_HEADERS` and `_COMPRESSION`, `OTEL_SERVICE_NAME` and
   * `OTEL_RESOURCE_ATTRIBUTES`. Default: `false`, because a second exporter may use them.
   */
  fromEnvironment?: boolean;
  /**
   * Bytes of the journal that retention keeps for a receiver that is away; older ones are deleted and counted. Bytes, or a
   * text such as `512MiB`. Default: 1 GiB.
   */
  maxLagBytes?: ByteSize;
  /**
   * What is done with spans that arrive at `POST /debug/otlp/v1/traces` and belong to no trace. `drop`: they are counted.
   * `trace`: they become a trace of their own. Default: `drop`.
   */
  orphans?: 'drop' | 'trace';
}

/** Where ended traces are sent. Plain data: a worker gets it. */
export interface ResolvedExport {
  url: string;
  headers: Record<string, string>;
  compression: 'none' | 'gzip';
  content: OtlpContent;
  sample: number;
  maxLagBytes: number;
}

export interface ResolvedOtlp {
  /** `undefined`: nothing is sent. */
  send: ResolvedExport | undefined;
  /** Attributes of the process, `service.name` among them. */
  resource: Record<string, AttributeValue>;
  orphans: 'drop' | 'trace';
}

const KEYS = [
  'url',
  'headers',
  'compression',
  'content',
  'sample',
  'resource',
  'fromEnvironment',
  'maxLagBytes',
  'orphans',
] as const;
/** The journal's own limit by default. */
const MAX_LAG_BYTES = 2 ** 30;
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * @param service `storage.service`
 * @throws TraceCollectorError `OPTION_INVALID` for the first invalid option
 */
export function resolveOtlp(
  options: OtlpOptions | undefined,
  env: NodeJS.ProcessEnv,
  service: string | undefined,
): ResolvedOtlp {
  const given = secretObjectOption<OtlpOptions>('otlp', options ?? {}, KEYS);
  const usesEnv = booleanOption('otlp.fromEnvironment', given.fromEnvironment, false);
  const found = usesEnv ? env : {};
  const url = given.url === undefined ? endpointIn(found) : checkedUrl(given.url);
  return {
    send: url === undefined ? undefined : { url, ...sending(given, found) },
    resource: resourceOf(given, found, service),
    orphans: oneOf('otlp.orphans', given.orphans, 'drop', ['drop', 'trace']),
  };
}

function sending(given: OtlpOptions, env: NodeJS.ProcessEnv): Omit<ResolvedExport, 'url'> {
  const { OTEL_EXPORTER_OTLP_HEADERS: all, OTEL_EXPORTER_OTLP_TRACES_HEADERS: traces } = env;
  const compression =
    given.compression ?? env.OTEL_EXPORTER_OTLP_TRACES_COMPRESSION ?? env.OTEL_EXPORTER_OTLP_COMPRESSION;
  return {
    headers: checkedHeaders({ ...pairsIn(all), ...pairsIn(traces), ...headersOption(given.headers) }),
    compression: oneOf('otlp.compression', compression || undefined, 'none', ['none', 'gzip']),
    content: oneOf('otlp.content', given.content, 'full', ['full', 'metadata']),
    sample: numberOption('otlp.sample', given.sample, 1, { min: 0, max: 1, unit: 'the share of traces that is sent' }),
    maxLagBytes: sizeOption('otlp.maxLagBytes', given.maxLagBytes, MAX_LAG_BYTES),
  };
}

/** The URL may have a password: messages have its type, or its parts that are none. */
function checkedUrl(given: unknown): string {
  const allowed = "the address of a receiver without user and password, such as 'http://localhost:4318'";
  if (typeof given !== 'string' || !/^https?:\/\//i.test(given) || !URL.canParse(given)) {
    throw badOption('otlp.url', shapeOf(given), allowed);
  }
  const url = new URL(given);
  if (url.username !== '' || url.password !== '') {
    throw badOption('otlp.url', `${url.protocol}//(user)@${url.host}`, `${allowed}; put them into otlp.headers`);
  }
  if (url.pathname === '/' && url.search === '') url.pathname = '/v1/traces';
  url.hash = '';
  return url.href;
}

function headersOption(given: unknown): Record<string, unknown> {
  if (given === undefined) return {};
  if (isPlainObject(given)) return given;
  throw badOption('otlp.headers', shapeOf(given), "an object such as { authorization: 'Bearer …' }");
}

/** Values are secrets: messages have the name only. */
function checkedHeaders(given: Record<string, unknown>): Record<string, string> {
  const headers: [string, string][] = [];
  for (const [name, value] of Object.entries(given)) {
    const isGood = typeof value === 'string' && HEADER_VALUE.test(value);
    if (!HEADER_NAME.test(name)) throw badOption('otlp.headers', name, 'names of HTTP headers');
    if (!isGood) throw badOption(`otlp.headers.${name}`, shapeOf(value), 'the value of an HTTP header');
    headers.push([name.toLowerCase(), value]);
  }
  return Object.fromEntries(headers);
}

function resourceOf(
  { resource }: OtlpOptions,
  env: NodeJS.ProcessEnv,
  service: string | undefined,
): Record<string, AttributeValue> {
  if (resource !== undefined && !isPlainObject(resource)) {
    throw badOption('otlp.resource', resource, "an object such as { 'service.name': 'sales-bot' }");
  }
  for (const [name, value] of Object.entries(resource ?? {})) {
    const isValue = ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
    if (!isValue) throw badOption(`otlp.resource['${name}']`, value, 'a text, a finite number, true or false');
  }
  return {
    'service.name': service ?? DEFAULT_SERVICE,
    ...pairsIn(env.OTEL_RESOURCE_ATTRIBUTES),
    ...(env.OTEL_SERVICE_NAME && { 'service.name': env.OTEL_SERVICE_NAME }),
    ...resource,
  };
}
