import { options } from 'preact';
import type { Component, VNode } from 'preact';

/** Names that Preact 10 and 11 have in their builds: the hook before a component renders, and a node's component. */
const RENDER = '__r';
const COMPONENT = '__c';

/** A node of a component. */
type Rendered = VNode & { [COMPONENT]?: Component | null };

type RenderHooks = Partial<Record<typeof RENDER | 'diffed' | 'unmount', (vnode: Rendered) => void>>;

/** A value that components follow: each that reads it while it renders is rendered again when it changes. */
export interface Signal<T> {
  value: T;
  /** Reads it without following it. */
  peek(): T;
}

/** The signals that each component read in its last rendering. */
const read = new Map<Component, Set<Set<Component>>>();
let rendering: Component | undefined;

/**
 * A value that components follow. The page needs no more of `@preact/signals`, which has 2.5 KB of the 60 KB that the script
 * may have.
 */
export function signal<T>(initial: T): Signal<T> {
  let current = initial;
  const followers = new Set<Component>();
  return {
    get value() {
      if (rendering) {
        followers.add(rendering);
        const all = read.get(rendering);
        if (all) all.add(followers);
        else read.set(rendering, new Set([followers]));
      }
      return current;
    },
    set value(next: T) {
      if (Object.is(next, current)) return;
      current = next;
      // Preact renders once for all changes of the same task.
      for (const component of followers) component.forceUpdate();
    },
    peek: () => current,
  };
}

function forget(component: Component): void {
  for (const followers of read.get(component) ?? []) followers.delete(component);
  read.delete(component);
}

const hooks = options as unknown as RenderHooks;
const { [RENDER]: before, diffed: after, unmount: removed } = hooks;
hooks[RENDER] = (vnode) => {
  before?.(vnode);
  rendering = vnode[COMPONENT] ?? undefined;
  if (rendering) forget(rendering);
};
// The children of a component render before its `diffed`: by then each of them has ended its own rendering.
hooks.diffed = (vnode) => {
  rendering = undefined;
  after?.(vnode);
};
hooks.unmount = (vnode) => {
  removed?.(vnode);
  if (vnode[COMPONENT]) forget(vnode[COMPONENT]);
};
