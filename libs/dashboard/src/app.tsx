import { useEffect, useState } from 'preact/hooks';
import { denied } from './api/client.js';
import type { StreamState } from './api/event-source.js';
import { stream } from './api/shared-stream.js';
import { ComparePage } from './pages/compare-page.js';
import { ContactPage } from './pages/contact-page.js';
import { ErrorsPage } from './pages/errors-page.js';
import { FilePage } from './pages/file-page.js';
import { LivePage } from './pages/live-page.js';
import { StatsPage } from './pages/stats-page.js';
import { TracePage } from './pages/trace-page.js';
import { HelpDialog } from './parts/help-dialog.js';
import { Icon } from './parts/icon.js';
import { Login } from './parts/login.js';
import { Empty } from './parts/notice.js';
import { SharedStoreBanner } from './parts/shared-store-banner.js';
import { useKeys } from './state/keys.js';
import { route } from './state/route.js';
import type { Route } from './state/route.js';
import { nextTheme, theme } from './state/theme.js';
import { hideToast, hideToastLater, keepToast, toast, toastAction } from './state/toast.js';

const NAVIGATION = [
  ['#/', 'Live', ['live', 'contact', 'trace', 'compare']],
  ['#/errors', 'Errors', ['errors']],
  ['#/stats', 'Stats', ['stats']],
  ['#/file', 'Open a file', ['file']],
] as const;

const STREAM_WORDS = {
  connecting: 'Connecting',
  open: 'Live',
  retrying: 'Reconnecting',
  unsupported: 'No live updates',
} as const;

const STREAM_REASONS: Partial<Record<StreamState, string>> = {
  unsupported: 'The store of this application has no `feed`. Load the page again to see new traces.',
};

export function App() {
  const [help, setHelp] = useState(false);
  const { page, name } = route.value;
  useKeys({ '?': () => setHelp(true), u: runToast });
  useEffect(() => {
    document.title = titleOf(route.value);
    if (page !== 'live') scrollTo({ top: 0 });
  }, [page, name]);
  if (denied.value !== undefined && page !== 'file') return <Login />;
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="#/">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <path d="M4 17h6l3-9 5 16 4-11 2 4h4" />
          </svg>
          Traces
        </a>
        <nav aria-label="Pages">
          {NAVIGATION.map(([to, label, pages]) => (
            <a key={to} href={to} aria-current={(pages as readonly string[]).includes(page) ? 'page' : undefined}>
              {label}
            </a>
          ))}
        </nav>
        <p class={`stream-state stream-${stream.state.value}`} role="status" title={STREAM_REASONS[stream.state.value]}>
          {STREAM_WORDS[stream.state.value]}
        </p>
        <button
          type="button"
          class="tool"
          onClick={nextTheme}
          aria-label={`Theme: ${theme.value}`}
          title={`Theme: ${theme.value}`}
        >
          <Icon name={theme.value} />
        </button>
        <button type="button" class="tool" onClick={() => setHelp(true)} aria-label="Help" title="Keys and search (?)">
          <Icon name="help" />
        </button>
      </header>
      <main id="main" tabIndex={-1}>
        {page !== 'file' && <SharedStoreBanner />}
        <Page route={route.value} />
      </main>
      <div class={toast.value === '' ? 'toast' : 'toast toast-shown'} role="status">
        {toast.value}
        {toastAction.value && (
          <button
            type="button"
            onClick={runToast}
            onPointerEnter={keepToast}
            onPointerLeave={leaveToast}
            onFocus={keepToast}
            onBlur={leaveToast}
          >
            {toastAction.value.label} <kbd>u</kbd>
          </button>
        )}
      </div>
      {help && <HelpDialog onClose={() => setHelp(false)} />}
    </>
  );
}

function Page({ route: { page, name } }: { route: Route }) {
  switch (page) {
    case 'live':
      return <LivePage />;
    case 'contact':
      return <ContactPage key={name} id={name} />;
    case 'trace':
      return <TracePage key={name} id={name} />;
    case 'errors':
      return <ErrorsPage />;
    case 'stats':
      return <StatsPage />;
    case 'compare':
      return <ComparePage key={name} name={name} />;
    case 'file':
      return <FilePage />;
    case 'unknown':
      return (
        <Empty whole title="There is no such page">
          <p>
            <a href="#/">Show all traces</a>
          </p>
        </Empty>
      );
  }
}

function runToast(): void {
  const action = toastAction.peek();
  hideToast();
  action?.run();
}

/** The pointer and the focus may leave one after the other. */
function leaveToast({ currentTarget }: { currentTarget: HTMLElement }): void {
  if (!currentTarget.matches(':hover, :focus')) hideToastLater();
}

/** The fragment is the route of the page, so a link cannot jump to an element. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function titleOf({ page, name }: Route): string {
  const words = { live: 'Live', errors: 'Errors', stats: 'Stats', file: 'File', compare: 'Compare', unknown: '' };
  const first = page === 'contact' || page === 'trace' ? name.slice(0, 40) : words[page];
  return first === '' ? 'Traces' : `${first} · Traces`;
}
