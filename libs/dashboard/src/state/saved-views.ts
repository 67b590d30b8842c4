import { signal } from '@preact/signals';
import { readViews } from '../model/saved-views.js';
import type { SavedView } from '../model/saved-views.js';

const KEY = 'trace-dashboard-views';

/** The saved views of this browser, the newest first. */
export const savedViews = signal<readonly SavedView[]>([]);

/** Reads the views again: another tab may have changed them. */
export function loadViews(): void {
  try {
    savedViews.value = readViews(localStorage.getItem(KEY));
  } catch {
    // A browser without storage has the views of this visit.
  }
}

/** Changes the views and stores them. */
export function changeViews(change: (views: readonly SavedView[]) => SavedView[]): void {
  loadViews();
  savedViews.value = change(savedViews.peek());
  try {
    localStorage.setItem(KEY, JSON.stringify(savedViews.peek()));
  } catch {
    // They are kept for this visit.
  }
}
