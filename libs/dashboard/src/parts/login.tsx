import { useState } from 'preact/hooks';
import { denied } from '../api/client.js';

/**
 * Asks for the token. The page is opened once with it in the address; the server makes it a cookie and takes it out
 * again, and the fragment, which says what was being looked at, stays.
 */
export function Login() {
  const [text, setText] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    const address = new URL(location.href);
    address.searchParams.set('token', tokenIn(text));
    location.assign(address);
  };
  return (
    <main class="login">
      <h1>Who may look?</h1>
      <p>{denied.value}</p>
      <form onSubmit={submit}>
        <label for="token">Token, or the whole link that start-up logged</label>
        <input
          id="token"
          type="password"
          autocomplete="current-password"
          required
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <button type="submit" class="primary">
          Open the traces
        </button>
      </form>
    </main>
  );
}

function tokenIn(text: string): string {
  const trimmed = text.trim();
  if (!URL.canParse(trimmed)) return trimmed;
  return new URL(trimmed).searchParams.get('token') ?? trimmed;
}
