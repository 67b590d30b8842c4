/** Address of the page, or of one trace on it, below the address of the debug routes. */
export function pageUrl(href: string, traceId?: string): string {
  return traceId === undefined ? href : `${href}#/t/${encodeURIComponent(traceId)}`;
}
