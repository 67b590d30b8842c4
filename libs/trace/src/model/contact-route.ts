/** The longest path parameter that Fastify takes by default, in characters of the encoded text at most. */
const MAX_SEGMENT = 100;

/** A route about a contact, below `/debug`. */
export interface ContactRoute {
  path: string;
  /** `{ contact_id }` where the path cannot carry the id. */
  query: { contact_id?: string };
}

/**
 * The route about a contact. Most ids are a segment of the path. Every client resolves `.` and `..` as folders, proxies
 * decode or refuse `/`, `\` and `%`, and Fastify refuses long parameters: these ids go into the query.
 *
 * @param base `contacts` or `quick-debug`
 * @example contactRoute('contacts', '..') // { path: 'contacts', query: { contact_id: '..' } }
 */
export function contactRoute(base: string, contactId: string): ContactRoute {
  const segment = encodeURIComponent(contactId.toWellFormed());
  const carried = segment.length <= MAX_SEGMENT && !/^\.{1,2}$|[/\\%]/.test(contactId);
  return carried ? { path: `${base}/${segment}`, query: {} } : { path: base, query: { contact_id: contactId } };
}
