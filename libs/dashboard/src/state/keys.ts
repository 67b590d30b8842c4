import { useLayoutEffect } from 'preact/hooks';

export type KeyMap = Record<string, (event: KeyboardEvent) => void>;

const layers: KeyMap[] = [];

/** Keys of what is on the screen; the innermost that knows a key gets it. */
export function useKeys(keys: KeyMap): void {
  // Right after each drawing: the next key must find what the one before has changed.
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
    // A dialog has keys of its own; Escape closes it.
    if (document.querySelector('dialog[open]')) return;
    // Enter on a link or a button is the browser's own.
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
