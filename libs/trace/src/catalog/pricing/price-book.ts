import type { Price, PriceOf, PriceTable } from '../../model/price.js';
import type { Micros } from '../../model/record.js';
import { hasCounts, type UsageFields } from '../../model/usage.js';
import { costNano, type ListedPrices } from './listed-prices.js';
import { namedModel } from './model-names.js';
import { LIST_VERSION } from './price-list.data.js';
import { listedPrices, listedProvider, providerOfModel } from './price-list.js';
import { PriceTableRules } from './price-table.js';

/** Models whose prices are kept in memory. */
const MAX_CACHED = 500;
const LIST = `list ${LIST_VERSION}`;
/** A larger report is no cost of a call. */
const MAX_COST_USD = 1e6;

/**
 * Prices of model calls: the application's own table, else the provider's report, else the kept list. The table comes
 * first, because only the application has a contract with other prices; a provider reports its own list prices. Without
 * any of them the cost is not known.
 */
export function priceBook(table: PriceTable = {}): PriceOf {
  const rules = new PriceTableRules(table);
  const listed = new Map<string, ListedPrices | undefined>();
  return (usage, at) => {
    if (!hasCounts(usage)) return undefined;
    const own = usage.model === undefined ? undefined : rules.find(usage.provider, usage.model);
    return (own && priced(usage, own, 'table')) ?? reported(usage) ?? fromList(usage, at, listed);
  };
}

function reported({ cost_usd: cost }: UsageFields): Price | undefined {
  if (cost === undefined || cost > MAX_COST_USD) return undefined;
  return { nano: Math.round(cost * 1e9), source: 'provider' };
}

function fromList(usage: UsageFields, at: Micros, known: Map<string, ListedPrices | undefined>): Price | undefined {
  const { provider, model } = usage;
  if (model === undefined) return undefined;
  // Prices change at the begin of a day or of an hour.
  const key = `${provider ?? ''}\0${model}\0${Math.floor(at / HALF_HOUR)}`;
  if (!known.has(key)) {
    if (known.size >= MAX_CACHED) known.clear();
    known.set(key, find(provider, model, at));
  }
  const prices = known.get(key);
  return prices && priced(usage, prices, LIST);
}

const HALF_HOUR = 30 * 60_000_000;

function find(given: string | undefined, model: string, at: Micros): ListedPrices | undefined {
  const named = namedModel(given, model);
  const provider = named.provider === undefined ? providerOfModel(named.model) : listedProvider(named.provider);
  const seller = provider ?? makerBehind(given, named.model);
  return seller && listedPrices(seller, named.model, at);
}

/** Makers whose models only they run: another host that answers for such a model passes the call on to them. */
const CLOSED: readonly string[] = ['anthropic', 'openai', 'google', 'x-ai'];
/** Models of these makers that anybody may run. */
const OPEN_WEIGHTS = /gpt-oss|gemma|whisper|grok-1\b|grok-2\b/i;

/** The maker of a model that a gateway or a proxy answers for; `undefined`: the provider is no host, or others run it. */
function makerBehind(provider: string | undefined, model: string): ReturnType<typeof providerOfModel> {
  if (provider === undefined || !/[.:]/.test(provider) || OPEN_WEIGHTS.test(model)) return undefined;
  const maker = providerOfModel(model);
  return maker && CLOSED.includes(maker.id) ? maker : undefined;
}

function priced(usage: UsageFields, prices: ListedPrices, source: string): Price | undefined {
  const nano = costNano(usage, prices);
  return nano === undefined ? undefined : { nano, source };
}
