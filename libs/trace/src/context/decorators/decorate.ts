type AnyFunction = (this: unknown, ...args: never[]) => unknown;

/** Returns the replacement of a method, or the method itself to keep it. */
export type Rewrite = (method: AnyFunction, owner: object, key: PropertyKey) => AnyFunction;

/** Nest calls these once, outside every trace; a class-level decorator means its work, not its life. */
const LIFECYCLE_HOOKS: ReadonlySet<PropertyKey> = new Set([
  'onModuleInit',
  'onApplicationBootstrap',
  'onModuleDestroy',
  'beforeApplicationShutdown',
  'onApplicationShutdown',
]);

/**
 * Rewrites a decorated method. The descriptor is changed in place, because `applyDecorators` ignores the result of a
 * decorator. Accessors, and properties that have no descriptor, stay as they are.
 */
export function decorateMethod(
  owner: object,
  key: PropertyKey,
  descriptor: PropertyDescriptor | undefined,
  rewrite: Rewrite,
): void {
  if (typeof descriptor?.value === 'function') descriptor.value = rewrite(descriptor.value as AnyFunction, owner, key);
}

/** Rewrites the methods a class declares itself: not its constructor, accessors, static members and lifecycle hooks. */
export function decorateClass(target: object, rewrite: Rewrite): void {
  const owner = (target as { prototype?: object }).prototype;
  if (owner === undefined) return;
  for (const key of Reflect.ownKeys(owner)) {
    if (key === 'constructor' || LIFECYCLE_HOOKS.has(key)) continue;
    const descriptor = Object.getOwnPropertyDescriptor(owner, key)!;
    const before: unknown = descriptor.value;
    if (typeof before !== 'function') continue;
    // A field that holds a class is no method.
    if (/^class\b/.test(Function.prototype.toString.call(before))) continue;
    descriptor.value = rewrite(before as AnyFunction, owner, key);
    if (descriptor.value !== before) Reflect.defineProperty(owner, key, descriptor);
  }
}
