import { TraceCollectorError } from '../model/errors.js';
import type { CatalogApi } from '../catalog/catalog.api.js';
import type { Catalog } from '../catalog/catalog.js';

/** One call of the API, after all that the journal holds has been indexed. */
export function runCall<K extends keyof CatalogApi>(
  catalog: Catalog,
  call: K,
  args: Parameters<CatalogApi[K]>,
): ReturnType<CatalogApi[K]> {
  catalog.catchUp();
  const method = catalog[call] as (...all: Parameters<CatalogApi[K]>) => ReturnType<CatalogApi[K]>;
  return method.apply(catalog, args);
}

/** What a question meets that comes after the end. */
export function catalogClosed(): TraceCollectorError {
  return new TraceCollectorError('CATALOG_UNAVAILABLE', 'The trace store is closed.');
}
