import type { DynamicModule, FactoryProvider } from '@nestjs/common';
import type { HeldStore } from '../../libs/trace/src/held-store.js';

/** The module of `forRoot`, of any copy of the package, with its records in this store instead of a directory. */
export function keepingIn(module: DynamicModule, store: object): DynamicModule {
  const providers = module.providers ?? [];
  const isStore = (each: unknown): boolean =>
    ((each as FactoryProvider).provide as symbol | undefined)?.description === 'TRACE_STORE';
  const { provide } = providers.find(isStore) as FactoryProvider;
  const kept = store as HeldStore['store'] & Pick<HeldStore, 'sink'>;
  const held: HeldStore = { sink: kept.sink, store: kept, close: () => kept.close() };
  return { ...module, providers: [...providers, { provide, useValue: held }] };
}
