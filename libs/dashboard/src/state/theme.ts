import { signal } from './signal.js';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'trace-dashboard-theme';
const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

export const theme = signal<Theme>('system');

/** Applies the stored choice. Not at module load: the browser reads its store from the disk first. */
export function restoreTheme(): void {
  theme.value = stored();
  showTheme();
}

/** Stored in the browser and not in the URL: it is a preference, no part of the shown data. */
export function setTheme(next: Theme): void {
  theme.value = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // A browser without storage applies it to this visit only.
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
