import { ATTRIBUTE, type Attributes } from '../../model/attributes.js';
import { providerName } from '../../model/provider-name.js';
import type { SpanType } from '../../model/status.js';
import { NAMES } from '../names/attribute-names.js';
import { textOfFirst } from '../names/values.js';
import type { OtelAttributes } from '../otel-span.js';

/** What running work is found by: the model that is called. All else comes with the end. */
export function startFacts(attributes: OtelAttributes, type: SpanType): Attributes | undefined {
  if (type !== 'llm') return undefined;
  const facts: Attributes = {};
  const model = textOfFirst(attributes, NAMES.model);
  const provider = providerName(textOfFirst(attributes, NAMES.provider));
  if (model !== undefined) facts[ATTRIBUTE.model] = model;
  if (provider !== undefined) facts[ATTRIBUTE.provider] = provider;
  return facts;
}
