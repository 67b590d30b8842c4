import type { TraceStatus } from '../../model/status.js';

/** Icon and word: a status is never told by colour alone. */
export const STATUS_ICONS: Readonly<Record<TraceStatus, string>> = {
  active: '⏳',
  completed: '✅',
  error: '❌',
  silent: '🔇',
  timeout: '⏰',
  interrupted: '💥',
  cancelled: '🔌',
};

export function statusWord(status: TraceStatus): string {
  return `${STATUS_ICONS[status] ?? '❔'} ${status}`;
}
