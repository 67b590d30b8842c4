import type { FullTraceResponse } from '../api/responses.js';

/** The mark that replaces a secret. */
const REDACTED = '[REDACTED]';

/**
 * A command for a POSIX shell that sends the webhook again. The body is in single quotes, in which a shell interprets
 * nothing. Each redacted secret is a variable that the shell requires.
 */
export function asCurl({ webhook }: Pick<FullTraceResponse, 'webhook'>, origin: string): string {
  const url = new URL(webhook.path ?? '/webhook', origin);
  // A path like `//evil.example/` must not name another host.
  const target = `${origin}${url.origin === origin ? `${url.pathname}${url.search}` : '/webhook'}`;
  const lines = [`curl -X ${shellWord(webhook.method ?? 'POST')} ${withSecrets(target, 0).text}`];
  let secrets = withSecrets(target, 0).count;
  if (webhook.body !== null && webhook.body !== undefined) {
    const isText = typeof webhook.body === 'string';
    const body = withSecrets(isText ? (webhook.body as string) : JSON.stringify(webhook.body), secrets);
    secrets = body.count;
    const type = isText ? 'text/plain' : 'application/json';
    lines.push(`  -H ${quote(`content-type: ${type}`)}`, `  --data-raw ${body.text}`);
  }
  const command = lines.join(' \\\n');
  if (secrets === 0) return command;
  const names = Array.from({ length: secrets }, (_, index) => `SECRET_${index + 1}`);
  return `# Hidden when it was recorded. Set first: ${names.join(', ')}\n${command}`;
}

/** A word for a shell, in single quotes. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function shellWord(text: string): string {
  return /^[A-Za-z]+$/.test(text) ? text : quote(text);
}

/** `${SECRET_1:?}` stops the command when the variable is not set. */
function withSecrets(text: string, before: number): { text: string; count: number } {
  let count = before;
  const parts = text.split(REDACTED).map(quote);
  const joined = parts.reduce((all, part) => {
    count += 1;
    return `${all}"\${SECRET_${count}:?}"${part}`;
  });
  return { text: joined, count };
}

/** The command for a first webhook to this server. */
export function firstWebhook(root: URL): string {
  const base = root.href.replace(/[^/]*\/$/, '');
  const body = JSON.stringify({ contactId: 'ana', body: 'Quiero agendar una cita' });
  return `curl -X POST ${quote(`${base}webhook`)} \\\n  -H 'content-type: application/json' \\\n  -d ${quote(body)}`;
}
