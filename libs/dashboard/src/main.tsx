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
  // What the server put there, the question for the token, goes: whoever gets this script may look.
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
