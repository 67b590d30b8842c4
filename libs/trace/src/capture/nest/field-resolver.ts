/** Nest's metadata key of `@ResolveField()`, written out: `@nestjs/graphql` is not ours to require. */
const RESOLVE_FIELD = 'graphql:resolve_property';

/**
 * Whether a handler resolves a field of GraphQL. `@nestjs/graphql` gives it no interceptors unless it is asked to. One answer
 * may have thousands of them; their errors are read from the answer.
 */
export function isFieldResolver(type: string, handler: object): boolean {
  return type === 'graphql' && Reflect.getMetadata(RESOLVE_FIELD, handler) === true;
}
