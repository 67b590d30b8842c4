import { signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'trace-dashboard-theme';
const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

export const theme = signal<Theme>('system');

/** Shows what the reader chose before. Not when the module is loaded: the browser fetches its store from the disk first. */
export function restoreTheme(): void {
  theme.value = stored();
  showTheme();
}

/** A taste of the reader's and no part of what is shown: so it is in the browser, not in the address. */
export function setTheme(next: Theme): void {
  theme.value = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // A browser that keeps nothing shows it for this once.
  }
  showTheme();
}

export function nextTheme(): void {
  setTheme(THEMES[(THEMES.indexOf(theme.peek()) + 1) % THEMES.length] ?? 'system');
}

function showTheme(): void {
  const { dataset } = document.documentElement;
  if (theme.peek() === 'system') delete dataset.theme;
  else dataset.theme = theme.peek();
}

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY) as Theme | null;
    return value !== null && THEMES.includes(value) ? value : 'system';
  } catch {
    return 'system';
  }
}
