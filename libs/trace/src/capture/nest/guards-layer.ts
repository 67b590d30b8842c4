import { GuardsConsumer } from '@nestjs/core/guards/guards-consumer.js';
import { processShared } from '../../model/process-shared.js';

/**
 * Returns the guards that Nest asks in place of these, in the same order.
 *
 * @param type `http`, `rpc`, `ws`, `graphql`
 */
type Choose = (guards: readonly object[], type: string, owner: object, handler: object) => readonly object[];

interface Layer {
  tryActivate(guards: object[], args: unknown[], instance: object, callback: object, type?: string): unknown;
}

/** Shared by all copies of the package, which may share the class of Nest. */
const { replaced } = processShared('guards-layer.v1', () => ({ replaced: new WeakSet<object>() }));

/**
 * Lets `choose` replace guards each time that Nest calls the guards of a handler. Every guard passes here, also one that is
 * made per request or by a factory. Once for all applications
 * of the process; where `choose` throws, the guards are asked as they are.
 */
export function replaceGuards(choose: Choose): void {
  const layer = GuardsConsumer.prototype as unknown as Layer;
  if (replaced.has(layer)) return;
  const original = layer.tryActivate;
  layer.tryActivate = function (this: Layer, guards, args, instance, callback, type) {
    let asked = guards;
    try {
      if (guards?.length > 0) asked = choose(guards, type ?? 'http', instance.constructor, callback) as object[];
    } catch {
      // A guard that throws when it is read: Nest calls it, unobserved.
    }
    return original.call(this, asked, args, instance, callback, type);
  };
  replaced.add(layer);
}
