import type { Redaction } from './redaction.js';

export function redactUrl(path: string, redaction: Redaction): string {
  const clean = path.replace(/([?&;#])([^=&;#]+)=([^&;#]*)/g, (whole, mark: string, key: string) =>
    redaction.isSecretKey(key) ? `${mark}${key}=[REDACTED]` : whole,
  );
  return redaction.string(clean, 2048);
}
