import { NotFoundException } from '@nestjs/common';
import { gunzipSync } from 'node:zlib';
import type { TextResponse } from '../http/debug-reply.js';
import { EMBEDDED_ASSETS } from './embedded-assets.js';

const TYPES: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/**
 * The files of the dashboard. They are part of the built code, so no path of a request ever reaches the file system.
 * Names carry a hash of the content, so a browser may keep them for good.
 */
export class PageAssets {
  private readonly contents: ReadonlyMap<string, string>;
  private readonly decoded = new Map<string, { plain: Buffer; gzipped: Buffer }>();

  /** `files`: names, and contents that are compressed with gzip and written as base64. */
  constructor(files: Readonly<Record<string, string>> = EMBEDDED_ASSETS) {
    this.contents = new Map(Object.entries(files));
  }

  /** The name of the only file of this kind; `undefined` where the dashboard was not built. */
  nameOf(kind: 'js' | 'css' | 'svg'): string | undefined {
    return [...this.contents.keys()].find((name) => name.endsWith(`.${kind}`));
  }

  /** The response with a file, compressed where the client accepts gzip. Throws an HTTP 404 for an unknown name. */
  answer(name: string, acceptEncoding: string | undefined): TextResponse {
    const type = TYPES[name.split('.').at(-1) ?? ''];
    const content = this.contents.get(name);
    if (type === undefined || content === undefined) {
      const message = `The dashboard has no file ${JSON.stringify(name.slice(0, 80))}.`;
      throw new NotFoundException({ statusCode: 404, code: 'FILE_NOT_FOUND', message, error: 'Not Found' });
    }
    const { plain, gzipped } = this.decode(name, content);
    const zipped = /(?:^|,)\s*gzip\s*(?:,|;(?!\s*q=0(?:\.0*)?\s*(?:,|$))|$)/i.test(acceptEncoding ?? '');
    return {
      type,
      text: zipped ? gzipped : plain,
      headers: {
        'Cache-Control': 'private, max-age=31536000, immutable',
        Vary: 'Accept-Encoding',
        ...(zipped && { 'Content-Encoding': 'gzip' }),
      },
    };
  }

  private decode(name: string, content: string): { plain: Buffer; gzipped: Buffer } {
    const known = this.decoded.get(name);
    if (known) return known;
    const gzipped = Buffer.from(content, 'base64');
    const file = { plain: gunzipSync(gzipped), gzipped };
    this.decoded.set(name, file);
    return file;
  }
}
