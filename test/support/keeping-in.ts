import type { DynamicModule, FactoryProvider } from '@nestjs/common';
import type { MemoryStore } from '../../libs/trace/src/store/memory/memory-store.js';

/** The module of `forRoot`, of any copy of the package, with its records in this store instead of a directory. */
export function keepingIn(module: DynamicModule, store: MemoryStore): DynamicModule {
  const providers = module.providers ?? [];
  const isStore = (each: unknown): boolean =>
    ((each as FactoryProvider).provide as symbol | undefined)?.description === 'TRACE_STORE';
  const { provide } = providers.find(isStore) as FactoryProvider;
  const held = { sink: store.sink, store, close: () => store.close() };
  return { ...module, providers: [...providers, { provide, useValue: held }] };
}
