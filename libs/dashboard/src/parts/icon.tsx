import type { LogKind } from '../model/trace-log.js';

/** Drawings: emoji differ between machines, and some machines have none. 16 by 16, strokes only. */
const PATHS: Record<LogKind | Extra, string> = {
  in: 'M8 2v8m-3.5-3L8 10.5 11.5 7M3 13.5h10',
  out: 'M8 10.5v-8M4.5 6 8 2.5 11.5 6M3 13.5h10',
  brain:
    'M8 13.5V2.5M5.5 4a2 2 0 0 1 2.5-1.5A2 2 0 0 1 10.5 4 2.3 2.3 0 0 1 13 7a2.5 2.5 0 0 1-.8 3.8A2.2 2.2 0 0 1 8 12.5a2.2 2.2 0 0 1-4.2-1.7A2.5 2.5 0 0 1 3 7a2.3 2.3 0 0 1 2.5-3',
  route: 'M3 4.5h4c3 0 1.5 7 4.5 7h1.5M11 9.5l2 2-2 2M9.5 4.5H13M11 2.5l2 2-2 2',
  agent: 'M3 6.5h10v6.5H3zM8 6.5V3.5M8 2.8h.01M5.8 9.5h.01M10.2 9.5h.01M1.5 9v2M14.5 9v2',
  tool: 'M10.3 2.6a3.4 3.4 0 0 0-4 4.5L2.5 11l2.5 2.5L9 9.7a3.4 3.4 0 0 0 4.4-4.1l-2.2 2.1-2-.5-.5-2z',
  llm: 'M2.5 3h11v8H7l-3 2.5V11H2.5zM5.5 6h5M5.5 8.3h3',
  retriever: 'M3 3.5c1.8-.8 3.5-.8 5 .5 1.5-1.3 3.2-1.3 5-.5v9c-1.8-.8-3.5-.8-5 .5-1.5-1.3-3.2-1.3-5-.5zM8 4v9',
  http: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M2 8h12M8 2c-4 3.5-4 8.5 0 12M8 2c4 3.5 4 8.5 0 12',
  db: 'M3 4c0-2.4 10-2.4 10 0S3 6.4 3 4v8c0 2.4 10 2.4 10 0V4M3 8c0 2.4 10 2.4 10 0',
  log: 'M3 4h10M3 8h7M3 12h9',
  step: 'M4 4h8v8H4z',
  error: 'M8 2l6.5 11.5h-13zM8 6.5v3.2M8 11.6h.01',
  ack: 'M3 8.5l3.3 3.3L13 4.5',
  custom: 'M4 2.5h8v11l-4-3-4 3z',
  completed: 'M3.5 8.5l3 3L12.5 5',
  active: 'M8 3.5V8l3 2M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8',
  silent: 'M2.5 3h11v8H7l-3 2.5V11H2.5zM5.5 7h.01M8 7h.01M10.5 7h.01',
  timeout: 'M4 2h8M4 14h8M5 2v2.5L8 8l3-3.5V2M5 14v-2.5L8 8l3 3.5V14',
  interrupted: 'M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z',
  cancelled: 'M5.5 2v3.5M10.5 2v3.5M4 5.5h8v2a4 4 0 0 1-8 0zM8 11.5v3',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.3 10.3l3.7 3.7',
  copy: 'M5.5 5.5h8v8h-8zM3 10.5h-.5v-8h8V3',
  filter: 'M2 3h12L9.5 8.5v4L6.5 14V8.5z',
  link: 'M6.5 9.5l3-3M7 4.5l1.5-1.5a3 3 0 0 1 4.5 4.5L11.5 9M9 11.5 7.5 13A3 3 0 0 1 3 8.5L4.5 7',
  path: 'M5 3 2.5 8 5 13M11 3l2.5 5L11 13',
  pause: 'M5.5 3v10M10.5 3v10',
  play: 'M4.5 3v10l8-5z',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  system: 'M2 3h12v8H2zM5.5 14h5M8 11v3',
  light: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1',
  dark: 'M13 9.7A5.5 5.5 0 0 1 6.3 3a5.5 5.5 0 1 0 6.7 6.7z',
  chevron: 'M6 3.5 10.5 8 6 12.5',
  file: 'M4 1.5h5l3.5 3.5v9.5H4zM9 1.5V5h3.5',
  download: 'M8 2v8m-3.5-3L8 10.5 11.5 7M3 13.5h10',
  people:
    'M5.5 3.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4M2 13a3.5 3.5 0 0 1 7 0M10.5 4a1.8 1.8 0 0 1 0 3.6M11 9.6a3.3 3.3 0 0 1 3 3.4',
  tag: 'M2.5 2.5h5l6 6-5 5-6-6zM5.2 5.2h.01',
  edit: 'M3 13l.7-2.8L10.8 3l2.2 2.2-7.2 7.2zM9.3 4.5l2.2 2.2',
  pin: 'M5.5 2.5h5M6.5 2.5v4L4 9.5h8l-2.5-3v-4M8 9.5v4.5',
  help: 'M5.7 6a2.3 2.3 0 1 1 3.3 2c-.7.4-1 .8-1 1.6M8 12h.01',
};

type Extra =
  | 'completed'
  | 'active'
  | 'silent'
  | 'timeout'
  | 'interrupted'
  | 'cancelled'
  | 'search'
  | 'copy'
  | 'filter'
  | 'link'
  | 'path'
  | 'pause'
  | 'play'
  | 'close'
  | 'system'
  | 'light'
  | 'dark'
  | 'chevron'
  | 'file'
  | 'download'
  | 'people'
  | 'tag'
  | 'edit'
  | 'pin'
  | 'help';

export type IconName = LogKind | Extra;

/** Always next to a word, so it is hidden from screen readers. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
