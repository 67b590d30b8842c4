import { render } from 'preact';
import { stream } from './api/shared-stream.js';
import { App } from './app.js';
import { followKeys } from './state/keys.js';
import { followDrops } from './state/open-file.js';
import { followHash } from './state/route.js';
import { showTheme } from './state/theme.js';
import './style/tokens.css';
import './style/base.css';
import './style/shell.css';
import './style/list.css';
import './style/trace.css';
import './style/chat.css';
import './style/charts.css';

const root = document.getElementById('app');
if (root) {
  // What the server put there, the question for the token, goes: whoever gets this script may look.
  root.dataset.running = '';
  root.replaceChildren();
  showTheme();
  followHash();
  followKeys();
  followDrops();
  render(<App />, root);
  stream.start();
}
