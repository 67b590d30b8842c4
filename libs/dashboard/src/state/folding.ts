import { signal } from './signal.js';

const KEY = 'trace-dashboard-show-quiet';

const shown = signal(false);
let isRead = false;

/** Whether the log has rows for outgoing calls and log lines without news. Read on first use: the browser's store is slow. */
export function isQuietShown(): boolean {
  if (!isRead) shown.value = stored();
  isRead = true;
  return shown.value;
}

/** Kept for the session and not in the URL: a reader who follows all calls does so in each trace. */
export function toggleQuiet(): void {
  shown.value = !shown.peek();
  try {
    sessionStorage.setItem(KEY, String(shown.peek()));
  } catch {
    // A browser without storage applies it until the page is loaded again.
  }
}

function stored(): boolean {
  try {
    return sessionStorage.getItem(KEY) === 'true';
  } catch {
    return false;
  }
}
