import { render } from 'preact';
import { stream } from './api/shared-stream.js';
import { App } from './app.js';
import { prefetchRoute } from './state/prefetch-route.js';
import { followKeys } from './state/keys.js';
import { followDrops } from './state/open-file.js';
import { followHash } from './state/route.js';
import { restoreTheme } from './state/theme.js';
import './style/tokens.css';
import './style/base.css';
import './style/shell.css';
import './style/list.css';
import './style/trace.css';
import './style/chat.css';
import './style/charts.css';

const root = document.getElementById('app');
if (root) {
  const asked = prefetchRoute();
  // Removes the server's sign-in form: only a signed-in browser receives this script.
  root.dataset.running = '';
  root.replaceChildren();
  restoreTheme();
  followHash();
  followKeys();
  followDrops();
  await asked;
  render(<App />, root);
  stream.start();
}
