import type { LogKind } from '../model/trace-log.js';

/** Drawings: emoji differ between machines, and some machines have none. 16 by 16, strokes only. */
const PATHS: Record<LogKind | Extra, string> = {
  in: 'M8 2v8m-3.5-3L8 10.5 11.5 7M3 13.5h10',
  out: 'M8 10.5v-8M4.5 6 8 2.5 11.5 6M3 13.5h10',
  brain:
    'M8 13.5V2.5M5.5 4a2 2 0 0 1 2.5-1.5A2 2 0 0 1 10.500 4 2.300 2.300 0 0 1 13 7a2.500 2.500 0 0 1-.8 3.800A2.200 2.200 0 0 1 8 12.500a2.200 2.200 0 0 1-4.200-1.700A2.500 2.500 0 0 1 3 7a2.300 2.300 0 0 1 2.500-3',
  route: 'M3 4.500h4c3 0 1.500 7 4.500 7h1.500M11 9.500l2 2-2 2M9.500 4.500H13M11 2.500l2 2-2 2',
  agent: 'M3 6.500h10v6.500H3zM8 6.500V3.500M8 2.800h.01M5.800 9.500h.01M10.200 9.500h.01M1.500 9v2M14.500 9v2',
  tool: 'M10.300 2.600a3.400 3.400 0 0 0-4 4.500L2.500 11l2.500 2.500L9 9.700a3.400 3.400 0 0 0 4.400-4.100l-2.200 2.100-2-.5-.5-2z',
  llm: 'M2.500 3h11v8H7l-3 2.500V11H2.500zM5.500 6h5M5.500 8.300h3',
  retriever:
    'M3 3.500c1.800-.8 3.500-.8 5 .5 1.500-1.300 3.200-1.300 5-.5v9c-1.800-.8-3.500-.8-5 .5-1.500-1.300-3.200-1.300-5-.5zM8 4v9',
  http: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M2 8h12M8 2c-4 3.500-4 8.500 0 12M8 2c4 3.500 4 8.500 0 12',
  db: 'M3 4c0-2.400 10-2.400 10 0S3 6.400 3 4v8c0 2.400 10 2.400 10 0V4M3 8c0 2.400 10 2.400 10 0',
  log: 'M3 4h10M3 8h7M3 12h9',
  step: 'M4 4h8v8H4z',
  error: 'M8 2l6.500 11.500h-13zM8 6.500v3.200M8 11.600h.01',
  ack: 'M3 8.500l3.300 3.300L13 4.500',
  custom: 'M4 2.500h8v11l-4-3-4 3z',
  completed: 'M3.500 8.500l3 3L12.500 5',
  active: 'M8 3.500V8l3 2M8 1.800a6.200 6.200 0 1 0 0 12.400A6.200 6.200 0 0 0 8 1.800',
  silent: 'M2.500 3h11v8H7l-3 2.500V11H2.500zM5.500 7h.01M8 7h.01M10.500 7h.01',
  timeout: 'M4 2h8M4 14h8M5 2v2.500L8 8l3-3.500V2M5 14v-2.500L8 8l3 3.500V14',
  interrupted: 'M9 1.500 3.500 9H8l-1 5.500L12.500 7H8z',
  cancelled: 'M5.500 2v3.500M10.500 2v3.500M4 5.500h8v2a4 4 0 0 1-8 0zM8 11.500v3',
  search: 'M7 2.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9M10.300 10.300l3.700 3.700',
  copy: 'M5.500 5.500h8v8h-8zM3 10.500h-.500v-8h8V3',
  filter: 'M2 3h12L9.500 8.500v4L6.500 14V8.500z',
  link: 'M6.500 9.500l3-3M7 4.500l1.500-1.500a3 3 0 0 1 4.500 4.500L11.500 9M9 11.500 7.500 13A3 3 0 0 1 3 8.500L4.500 7',
  path: 'M5 3 2.500 8 5 13M11 3l2.500 5L11 13',
  pause: 'M5.500 3v10M10.500 3v10',
  play: 'M4.500 3v10l8-5z',
  close: 'M3.500 3.500l9 9M12.500 3.500l-9 9',
  system: 'M2 3h12v8H2zM5.500 14h5M8 11v3',
  light:
    'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1',
  dark: 'M13 9.700A5.500 5.500 0 0 1 6.300 3a5.500 5.500 0 1 0 6.700 6.700z',
  chevron: 'M6 3.500 10.500 8 6 12.500',
  file: 'M4 1.500h5l3.500 3.500v9.500H4zM9 1.500V5h3.500',
  download: 'M8 2v8m-3.500-3L8 10.500 11.500 7M3 13.500h10',
  people:
    'M5.500 3.500a2 2 0 1 0 0 4 2 2 0 0 0 0-4M2 13a3.500 3.500 0 0 1 7 0M10.500 4a1.800 1.800 0 0 1 0 3.600M11 9.600a3.300 3.300 0 0 1 3 3.400',
  tag: 'M2.500 2.500h5l6 6-5 5-6-6zM5.200 5.200h.01',
  edit: 'M3 13l.700-2.800L10.800 3l2.200 2.200-7.200 7.200zM9.300 4.500l2.200 2.200',
  pin: 'M5.500 2.500h5M6.500 2.500v4L4 9.500h8l-2.500-3v-4M8 9.500v4.500',
  help: 'M5.700 6a2.300 2.300 0 1 1 3.300 2c-.7.400-1 .8-1 1.600M8 12h.01',
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
