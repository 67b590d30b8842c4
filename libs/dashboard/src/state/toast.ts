import { signal } from '@preact/signals';

/** A short confirmation; screen readers announce it. */
export const toast = signal('');

let timer: ReturnType<typeof setTimeout> | undefined;

export function say(text: string): void {
  toast.value = text;
  clearTimeout(timer);
  timer = setTimeout(() => {
    toast.value = '';
  }, 2_500);
}

/** Shows the reason of a failure. */
export function sayWhy(error: unknown): void {
  say(error instanceof Error ? error.message : String(error));
}

/** The Clipboard API exists only in secure contexts; elsewhere a selection is copied. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else if (!copyBySelection(text)) throw new Error('refused');
    say(`Copied ${what}`);
  } catch {
    say(`The browser refused to copy ${what}`);
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'offscreen';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}
