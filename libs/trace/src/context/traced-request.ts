/** A request as the framework made it (Express's or Fastify's), its body parsed where there is one. */
export interface TracedRequest {
  method: string;
  /** Path and query string. */
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body?: unknown;
  query?: unknown;
  [key: string]: unknown;
}
