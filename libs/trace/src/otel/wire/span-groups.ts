import type { OtelAttributes, OtelScope, OtelSpan } from '../otel-span.js';

/** Spans of one process and one tracer, as OTLP groups them. */
export interface SpanGroup {
  readonly resource: OtelAttributes;
  readonly scopes: readonly { readonly scope: OtelScope; readonly spans: readonly OtelSpan[] }[];
}

/** Spans by resource and scope, both in the order in which they first come. */
export function groupSpans(spans: readonly OtelSpan[]): SpanGroup[] {
  const resources = new Map<
    string,
    { resource: OtelAttributes; scopes: Map<string, { scope: OtelScope; spans: OtelSpan[] }> }
  >();
  const texts = new Map<OtelAttributes | undefined, string>();
  for (const span of spans) {
    const { resource = {}, scope } = span;
    let key = texts.get(span.resource);
    if (key === undefined) texts.set(span.resource, (key = JSON.stringify(resource)));
    let group = resources.get(key);
    if (!group) resources.set(key, (group = { resource, scopes: new Map() }));
    const name = `${scope.name}\0${scope.version ?? ''}`;
    const list = group.scopes.get(name);
    if (list) list.spans.push(span);
    else group.scopes.set(name, { scope, spans: [span] });
  }
  return [...resources.values()].map(({ resource, scopes }) => ({ resource, scopes: [...scopes.values()] }));
}
