import { ATTRIBUTE, type Attributes } from '../../model/attributes.js';
import { pathTemplate } from '../../model/path-template.js';
import { providerName } from '../../model/provider-name.js';
import type { SpanType } from '../../model/status.js';
import type { OtelAttributes, OtelSpan } from '../otel-span.js';
import { KEPT, NAMES } from './attribute-names.js';
import { asAttribute, firstOf, numberOfFirst, textOfFirst } from './values.js';

/** Where no port is named the scheme's own is meant. */
const OWN_PORTS: ReadonlySet<number> = new Set([80, 443]);
const MS = 1_000;

/** The small facts of a step: those that we have names for under ours, and others that are known to be no content. */
export function factsOf({ attributes, resource }: OtelSpan, type: SpanType): Attributes {
  const facts: Attributes = {};
  for (const name of KEPT) {
    const value = asAttribute(attributes[name] ?? (name === 'service.name' ? resource?.[name] : undefined));
    if (value !== undefined) facts[name] = value;
  }
  if (type === 'llm') addModelFacts(facts, attributes);
  if (type === 'http') addCallFacts(facts, attributes);
  add(facts, ATTRIBUTE.error, asAttribute(firstOf(attributes, NAMES.error)));
  return facts;
}

function addModelFacts(facts: Attributes, attributes: OtelAttributes): void {
  const seconds = numberOfFirst(attributes, FIRST_SECONDS);
  add(facts, ATTRIBUTE.provider, providerName(textOfFirst(attributes, NAMES.provider)));
  add(facts, ATTRIBUTE.model, textOfFirst(attributes, NAMES.model));
  add(facts, ATTRIBUTE.responseModel, textOfFirst(attributes, NAMES.responseModel));
  add(facts, ATTRIBUTE.finish, asAttribute(firstOf(attributes, NAMES.finish)));
  const first = numberOfFirst(attributes, FIRST_MS) ?? (seconds === undefined ? undefined : seconds * MS);
  add(facts, ATTRIBUTE.firstToken, first);
}

/** A call as auto-capture records it: no query, and no ids and tokens in the path. */
function addCallFacts(facts: Attributes, attributes: OtelAttributes): void {
  const named = textOfFirst(attributes, NAMES.host);
  const port = numberOfFirst(attributes, NAMES.port);
  const path = textOfFirst(attributes, PATH);
  // To parse an address is most of the price of a call's span: only where it has something that the span does not say.
  const url = named === undefined || port === undefined || path === undefined ? urlOf(attributes) : undefined;
  const host = named ?? url?.hostname;
  add(facts, ATTRIBUTE.method, textOfFirst(attributes, NAMES.method));
  add(facts, ATTRIBUTE.host, withPort(host, port ?? (url?.port ? Number(url.port) : undefined)));
  add(facts, ATTRIBUTE.path, textOfFirst(attributes, TEMPLATE) ?? templateOf(path ?? url?.pathname));
  add(facts, ATTRIBUTE.status, numberOfFirst(attributes, NAMES.status));
  add(facts, ATTRIBUTE.resend, numberOfFirst(attributes, NAMES.resend));
}

const FIRST_SECONDS = ['gen_ai.response.time_to_first_chunk'];
const FIRST_MS = ['ai.response.msToFirstChunk'];
const TEMPLATE = ['url.template', 'http.route'];
const PATH = ['url.path', 'http.target'];
const URLS = ['url.full', 'http.url'];

function withPort(host: string | undefined, port: number | undefined): string | undefined {
  const own = port === undefined || OWN_PORTS.has(port) || host?.includes(':');
  return host === undefined || own ? host : `${host}:${port}`;
}

function templateOf(path: string | undefined): string | undefined {
  return path === undefined ? undefined : pathTemplate(path.split(/[?#]/, 1)[0]!);
}

function urlOf(attributes: OtelAttributes): URL | undefined {
  const text = textOfFirst(attributes, URLS);
  return text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
}

function add(facts: Attributes, name: string, value: Attributes[string] | undefined): void {
  if (value !== undefined) facts[name] = value;
}
