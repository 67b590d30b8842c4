import type { TraceStatus } from '../../model/status.js';

/** Icon per status, so that colour is never the only sign. */
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
