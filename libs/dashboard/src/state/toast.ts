import { signal } from './signal.js';

/** What can be done about a confirmation: `Undo`. */
export interface ToastAction {
  label: string;
  run: () => void;
}

/** A short confirmation; screen readers announce it. */
export const toast = signal('');
/** The button beside it. */
export const toastAction = signal<ToastAction | undefined>(undefined);

/** Long enough to read a short sentence. */
const SHOWN_MS = 2_500;
/** Long enough to reach a button with the keyboard. */
const SHOWN_WITH_ACTION_MS = 10_000;

let timer: ReturnType<typeof setTimeout> | undefined;

export function say(text: string, action?: ToastAction): void {
  toast.value = text;
  toastAction.value = action;
  hideToastLater();
}

/** Keeps the confirmation until `hideToastLater()`: the pointer or the focus is on its button. */
export function keepToast(): void {
  clearTimeout(timer);
}

export function hideToastLater(): void {
  clearTimeout(timer);
  timer = setTimeout(hideToast, toastAction.peek() ? SHOWN_WITH_ACTION_MS : SHOWN_MS);
}

export function hideToast(): void {
  toast.value = '';
  toastAction.value = undefined;
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
