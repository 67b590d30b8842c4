import { micros, type ListedPrices } from './listed-prices.js';
import { listText } from './price-list.data.js';
import type { Micros } from '../../model/record.js';

/** A rule for names, without regard to case, except `regex`. */
type Match =
  | { or: Match[] }
  | { and: Match[] }
  | { equals: string }
  | { starts_with: string }
  | { ends_with: string }
  | { contains: string }
  | { regex: string };

type Constraint =
  { type: 'start_date'; start_date: string } | { type: 'time_of_date'; start_time: string; end_time: string };

interface ListedModel {
  match: Match;
  prices: ListedPrices | { constraint?: Constraint; prices: ListedPrices }[];
}

interface ListedProvider {
  id: string;
  provider_match?: Match;
  model_match?: Match;
  /** Providers whose models it has at their prices. */
  fallback?: string[];
  models: ListedModel[];
}

let providers: ListedProvider[] | undefined;

/** The list, parsed when it is first needed: 226 KB of text, 20 ms on a busy machine, 0.6 MB of memory. */
function list(): ListedProvider[] {
  return (providers ??= JSON.parse(listText()) as ListedProvider[]);
}

/** The provider with this name in the list. */
export function listedProvider(name: string): ListedProvider | undefined {
  return list().find(({ id }) => id === name) ?? list().find(({ provider_match: rule }) => rule && holds(rule, name));
}

/** The provider whose models have names like this. */
export function providerOfModel(model: string): ListedProvider | undefined {
  return list().find(({ model_match: rule }) => rule && holds(rule, model));
}

/** Prices of a model at a time, in US dollars per million tokens. */
export function listedPrices(provider: ListedProvider, model: string, at: Micros): ListedPrices | undefined {
  const found = modelOf(provider, model) ?? modelOf(provider, withDashes(model));
  return found && pricesAt(found, at);
}

function modelOf({ models, fallback = [] }: ListedProvider, name: string): ListedModel | undefined {
  const own = models.find(({ match }) => holds(match, name));
  if (own) return own;
  for (const id of fallback) {
    const other = list().find((provider) => provider.id === id);
    const found = other && modelOf(other, name);
    if (found) return found;
  }
  return undefined;
}

/** The list has dates in names with dashes; Anthropic and Vertex write them without. */
function withDashes(name: string): string {
  return name.replaceAll(/-(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)/g, '-$1-$2-$3');
}

/** The last of the prices whose constraint holds, because later ones replace earlier ones. */
function pricesAt({ prices }: ListedModel, at: Micros): ListedPrices | undefined {
  if (!Array.isArray(prices)) return prices;
  return (prices.findLast(({ constraint }) => !constraint || isWithin(constraint, at)) ?? prices[0])?.prices;
}

function isWithin(constraint: Constraint, at: Micros): boolean {
  if (constraint.type === 'start_date') return at >= micros(Date.parse(constraint.start_date));
  const time = at % DAY;
  const [start, end] = [timeOfDay(constraint.start_time), timeOfDay(constraint.end_time)];
  return end < start ? time >= start || time < end : time >= start && time < end;
}

const DAY = micros(86_400_000);

/** Microseconds since midnight UTC. */
function timeOfDay(text: string): Micros {
  return micros(Date.parse(`1970-01-02T${text}`)) % DAY;
}

function holds(rule: Match, name: string): boolean {
  if ('or' in rule) return rule.or.some((each) => holds(each, name));
  if ('and' in rule) return rule.and.every((each) => holds(each, name));
  if ('regex' in rule) return new RegExp(rule.regex).test(name);
  const text = name.toLowerCase();
  if ('equals' in rule) return text === rule.equals.toLowerCase();
  if ('starts_with' in rule) return text.startsWith(rule.starts_with.toLowerCase());
  if ('ends_with' in rule) return text.endsWith(rule.ends_with.toLowerCase());
  return 'contains' in rule && text.includes(rule.contains.toLowerCase());
}
