import { useLayoutEffect } from 'preact/hooks';

export type KeyMap = Record<string, (event: KeyboardEvent) => void>;

const layers: KeyMap[] = [];

/** Keys of the mounted components; the innermost component that handles a key receives it. */
export function useKeys(keys: KeyMap): void {
  // Right after each render: the next key must see the changes of the one before.
  useLayoutEffect(() => {
    layers.push(keys);
    return () => {
      layers.splice(layers.indexOf(keys), 1);
    };
  });
}

export function followKeys(): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key !== 'Escape' && isTyping(event.target)) return;
    // A dialog handles its own keys; Escape closes it.
    if (document.querySelector('dialog[open]')) return;
    // The browser handles Enter on a link or a button.
    if (event.key === 'Enter' && event.target instanceof Element && event.target.closest('a, button, summary')) return;
    const layer = layers.findLast((keys) => event.key in keys);
    if (!layer) return;
    event.preventDefault();
    layer[event.key]?.(event);
  });
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
