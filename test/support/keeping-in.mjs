/**
 * The same as `keeping-in.ts`, for programs: the module of `forRoot` with its records in this store, which has a
 * `sink`.
 */
export function keepingIn(module, store, close = () => store.close()) {
  const { provide } = module.providers.find((each) => each.provide?.description === 'TRACE_STORE');
  return { ...module, providers: [...module.providers, { provide, useValue: { sink: store.sink, store, close } }] };
}
