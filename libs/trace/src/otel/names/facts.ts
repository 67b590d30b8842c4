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
  if (type === 'llm') Object.assign(facts, modelFacts(attributes));
  if (type === 'http') Object.assign(facts, callFacts(attributes));
  const error = asAttribute(firstOf(attributes, NAMES.error));
  if (error !== undefined) facts[ATTRIBUTE.error] = error;
  return facts;
}

function modelFacts(attributes: OtelAttributes): Attributes {
  const finish = asAttribute(firstOf(attributes, NAMES.finish));
  const seconds = numberOfFirst(attributes, ['gen_ai.response.time_to_first_chunk']);
  const ms = numberOfFirst(attributes, ['ai.response.msToFirstChunk']);
  const first = ms ?? (seconds === undefined ? undefined : seconds * MS);
  return present({
    [ATTRIBUTE.provider]: providerName(textOfFirst(attributes, NAMES.provider)),
    [ATTRIBUTE.model]: textOfFirst(attributes, NAMES.model),
    [ATTRIBUTE.responseModel]: textOfFirst(attributes, NAMES.responseModel),
    [ATTRIBUTE.finish]: finish,
    [ATTRIBUTE.firstToken]: first,
  });
}

/** A call as auto-capture records it: no query, and no ids and tokens in the path. */
function callFacts(attributes: OtelAttributes): Attributes {
  const url = urlOf(attributes);
  const host = textOfFirst(attributes, NAMES.host) ?? url?.hostname;
  const port = numberOfFirst(attributes, NAMES.port) ?? (url?.port ? Number(url.port) : undefined);
  const own = port === undefined || OWN_PORTS.has(port) || host?.includes(':');
  return present({
    [ATTRIBUTE.method]: textOfFirst(attributes, NAMES.method),
    [ATTRIBUTE.host]: host === undefined || own ? host : `${host}:${port}`,
    [ATTRIBUTE.path]: pathOf(attributes, url),
    [ATTRIBUTE.status]: numberOfFirst(attributes, NAMES.status),
    [ATTRIBUTE.resend]: numberOfFirst(attributes, NAMES.resend),
  });
}

function pathOf(attributes: OtelAttributes, url: URL | undefined): string | undefined {
  const template = textOfFirst(attributes, ['url.template', 'http.route']);
  if (template !== undefined) return template;
  const path = textOfFirst(attributes, ['url.path', 'http.target']) ?? url?.pathname;
  return path === undefined ? undefined : pathTemplate(path.split(/[?#]/, 1)[0]!);
}

function urlOf(attributes: OtelAttributes): URL | undefined {
  const text = textOfFirst(attributes, ['url.full', 'http.url']);
  return text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
}

function present(given: Readonly<Record<string, Attributes[string] | undefined>>): Attributes {
  return Object.fromEntries(
    Object.entries(given).filter((pair): pair is [string, Attributes[string]] => pair[1] !== undefined),
  );
}
