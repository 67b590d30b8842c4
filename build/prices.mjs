import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitForUpdate } from '@pydantic/genai-prices';

/**
 * Writes the kept price list from the installed version of `@pydantic/genai-prices`: its rules for names of models and its
 * prices of tokens and requests. The package itself takes 159 ms and 5 MB to load; this text is parsed at the first model
 * call, in 20 ms and 0.6 MB. `node build/prices.mjs` after an update of the package; a test compares the two.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const KEPT = [
  'input_mtok',
  'output_mtok',
  'cache_read_mtok',
  'cache_write_mtok',
  'cache_write_1h_mtok',
  'output_reasoning_mtok',
  'requests_kcount',
];

export async function priceListText() {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/@pydantic/genai-prices/package.json'), 'utf8'));
  const providers = (await waitForUpdate()).map((provider) => ({
    id: provider.id,
    provider_match: provider.provider_match,
    model_match: provider.model_match,
    fallback: provider.fallback_model_providers,
    models: provider.models.map(({ match, prices }) => ({ match, prices: pricesOf(prices) })),
  }));
  return { version, lines: providers.map((provider) => JSON.stringify(provider)) };
}

function pricesOf(prices) {
  if (!Array.isArray(prices)) return kept(prices);
  return prices.map(({ constraint, prices: then }) => ({ constraint, prices: kept(then) }));
}

function kept(prices) {
  return Object.fromEntries(KEPT.flatMap((name) => (prices[name] === undefined ? [] : [[name, prices[name]]])));
}

export function priceListModule({ version, lines }) {
  const text = JSON.stringify(`[${lines.join(',\n')}]`)
    .replaceAll('\\n', '\\n\\\n')
    .replaceAll("'", "\\'");
  return `/**
 * The kept price list: names and prices of models from \`@pydantic/genai-prices\` (MIT). Made by \`build/prices.mjs\`; the
 * build compresses it.
 */
export const LIST_VERSION = '${version}';

/** A function, so that the text is decoded when it is first needed. */
export function listText(): string {
  return '${text.slice(1, -1).replaceAll('\\"', '"')}';
}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = join(root, 'libs/trace/src/catalog/pricing/price-list.data.ts');
  writeFileSync(file, priceListModule(await priceListText()));
}
