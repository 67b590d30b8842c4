import { options } from 'preact';
import type { Component, VNode } from 'preact';

/** The hook of Preact 10 and 11 that runs before a component renders, under the name it has in their builds. */
interface RenderHooks {
  __r?: (vnode: Rendered) => void;
  diffed?: (vnode: Rendered) => void;
  unmount?: (vnode: Rendered) => void;
}

/** A node of a component; `__c` is its instance. */
type Rendered = VNode & { __c?: Component | null };

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
const { __r: before, diffed: after, unmount: removed } = hooks;
hooks.__r = (vnode) => {
  before?.(vnode);
  rendering = vnode.__c ?? undefined;
  if (rendering) forget(rendering);
};
// The children of a component render before its `diffed`: by then each of them has ended its own rendering.
hooks.diffed = (vnode) => {
  rendering = undefined;
  after?.(vnode);
};
hooks.unmount = (vnode) => {
  removed?.(vnode);
  if (vnode.__c) forget(vnode.__c);
};
