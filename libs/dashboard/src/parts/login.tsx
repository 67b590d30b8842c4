import { useState } from 'preact/hooks';
import { denied } from '../api/client.js';

/**
 * Asks for the token. The page opens once with the token in its URL; the server replaces it by a cookie and redirects.
 * The fragment of the URL stays, so the reader returns to the same page.
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
      <h1>Sign in</h1>
      <p>{denied.value}</p>
      <form onSubmit={submit}>
        <label for="token">Token, or the link in the application's start-up log</label>
        <input
          id="token"
          type="password"
          autocomplete="current-password"
          required
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <button type="submit" class="primary">
          Sign in
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
