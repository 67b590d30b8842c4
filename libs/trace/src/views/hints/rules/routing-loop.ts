import { EVENT, readRoute } from '../../../model/vocabulary.js';
import type { AssembledTrace } from '../../trace/assemble.js';

/**
 * The first loop of the routing, from an agent back to itself (`['maria', 'carlos', 'maria']`), or `undefined`. Hops that do
 * not continue each other (`supervisor → maria`, then `supervisor → carlos`) are two choices and no loop, unless the same hop
 * is taken twice.
 */
export function routingLoop(trace: AssembledTrace): string[] | undefined {
  let path: string[] = [];
  const hops = new Set<string>();
  for (const { dto } of trace.events) {
    if (dto.type !== EVENT.routing) continue;
    const { from, to } = readRoute(dto.data);
    if (from === undefined || to === undefined) continue;
    if (path.at(-1) !== from) path = [from];
    const seen = path.indexOf(to);
    path.push(to);
    if (seen !== -1) return path.slice(seen);
    const hop = JSON.stringify([from, to]);
    if (hops.has(hop)) return [from, to, from, to];
    hops.add(hop);
  }
  return undefined;
}
