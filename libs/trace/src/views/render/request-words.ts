import type { WebhookDto } from '../../contract/responses.js';

/** Method and path of a request, and its route where that is not the same text. `''`: there was no request. */
export function requestWords(webhook: Partial<WebhookDto> | undefined): string {
  const request = [webhook?.method, webhook?.path].filter((part) => part).join(' ');
  const route = webhook && routeWords(webhook);
  return route === undefined ? request : `${request} (${route})`;
}

/** `route /webhook/:id`; `undefined` where the path is the route, or no route is known. */
export function routeWords({ path, route }: Partial<Pick<WebhookDto, 'path' | 'route'>>): string | undefined {
  return route === undefined || route === path?.split('?', 1)[0] ? undefined : `route ${route}`;
}
