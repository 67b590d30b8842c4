import { platformGetter } from './safe-read.js';

const { entries } = Map.prototype;
const { values } = Set.prototype;
const mapSize = platformGetter(Map.prototype, 'size')!;
const setSize = platformGetter(Set.prototype, 'size')!;

export interface Items {
  values: IterableIterator<unknown>;
  size: number;
}

/** A map's entries by the platform's own iteration: a subclass's overrides are user code. */
export function mapItems(map: Map<unknown, unknown>): Items {
  return { values: Reflect.apply(entries, map, []), size: Number(mapSize(map)) };
}

export function setItems(set: Set<unknown>): Items {
  return { values: Reflect.apply(values, set, []), size: Number(setSize(set)) };
}
