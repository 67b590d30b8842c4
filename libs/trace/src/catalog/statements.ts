/** Every SQL text of the catalog, whole and by name; they are prepared once per connection. */

const HEAD = `t.key, t.trace_id, t.contact_id, t.status, t.started_us, t.last_us, t.ended_us, t.events, t.errors, t.late_events,
  t.dropped, t.replies, t.status_code, t.identified, t.traceparent, t.message_id, t.route, t.agents, t.tools, t.message`;

/** Filters that no index serves, checked on each row of the walk. */
const MATCH = `
  t.started_us >= :since AND t.started_us <= :until
  AND (:contact IS NULL OR t.contact_id = :contact OR t.key IN (SELECT key FROM aliases WHERE kind = 'contact' AND value = :contact))
  AND (:status IS NULL OR t.status = :status)
  AND (:message IS NULL OR t.message_id = :message)
  AND (:withErrors IS NULL OR t.errors > 0 OR t.status = 'error')
  AND (:minUs IS NULL OR t.last_us - t.started_us >= :minUs)
  AND (:q IS NULL OR instr(t.search, :q) > 0)
  AND (:agent IS NULL OR EXISTS (SELECT 1 FROM tags g WHERE g.kind = 'agent' AND g.name = :agent AND g.started_us = t.started_us AND g.key = t.key))
  AND (:tool IS NULL OR EXISTS (SELECT 1 FROM tags g WHERE g.kind = 'tool' AND g.name = :tool AND g.started_us = t.started_us AND g.key = t.key))`;

const PAGE = `(t.started_us, t.key) < (:beforeUs, :beforeKey)`;
const NEWEST_FIRST = `ORDER BY t.started_us DESC, t.key DESC LIMIT :limit`;
/** The walk is over the tags, which are in the same order; `+` keeps the planner from another one. */
const PAGE_OF_TAGS = `(w.started_us, w.key) < (:beforeUs, :beforeKey) AND w.started_us >= :since AND w.started_us <= :until`;
const TAGS_NEWEST_FIRST = `ORDER BY w.started_us DESC, w.key DESC LIMIT :limit`;

export const SQL = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  dataVersion: 'PRAGMA data_version',

  segments: 'SELECT number, kept, boot, read, corrupt, dropped, newest, gone FROM segments',
  putSegment: `INSERT INTO segments (number, kept, boot, read, corrupt, dropped, newest) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (number) DO UPDATE SET boot = excluded.boot, read = excluded.read, corrupt = excluded.corrupt, dropped = excluded.dropped,
      newest = excluded.newest`,
  markGone: 'UPDATE segments SET gone = 1 WHERE number = ?',
  deleteSegment: 'DELETE FROM segments WHERE number = ?',

  traceByKey: `SELECT t.id, t.search, ${HEAD} FROM traces t WHERE t.key = ?`,
  traceIdOfKey: 'SELECT id FROM traces WHERE key = ?',
  keyById: `SELECT id, key FROM traces WHERE trace_id = ?1
    UNION ALL SELECT t.id, t.key FROM aliases a JOIN traces t ON t.key = a.key WHERE a.kind = 'id' AND a.value = ?1 LIMIT 1`,
  insertTrace: `INSERT INTO traces (key, boot, trace_id, contact_id, status, started_us, last_us, ended_us, events, errors, late_events,
      dropped, replies, status_code, identified, traceparent, message_id, route, agents, tools, message, search)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  updateTrace: `UPDATE traces SET key = ?, boot = ?, trace_id = ?, contact_id = ?, status = ?, started_us = ?, last_us = ?, ended_us = ?, events = ?,
      errors = ?, late_events = ?, dropped = ?, replies = ?, status_code = ?, identified = ?, traceparent = ?, message_id = ?, route = ?,
      agents = ?, tools = ?, message = ?, search = ?
    WHERE id = ?`,
  deleteTrace: 'DELETE FROM traces WHERE id = ?',

  extents: 'SELECT segment, spans FROM extents WHERE trace = ?',
  putExtent: `INSERT INTO extents (trace, segment, spans) VALUES (?, ?, ?)
    ON CONFLICT (trace, segment) DO UPDATE SET spans = excluded.spans`,
  deleteExtents: 'DELETE FROM extents WHERE trace = ?',
  deleteExtent: 'DELETE FROM extents WHERE trace = ? AND segment = ?',
  extentsOfSegment: `SELECT e.trace, e.spans, t.key, t.status, t.errors, t.last_us FROM extents e JOIN traces t ON t.id = e.trace WHERE e.segment = ?`,
  extentsFrom: `SELECT e.trace, e.spans, t.key, t.status, t.errors, t.last_us
    FROM extents e INDEXED BY extents_by_segment CROSS JOIN traces t ON t.id = e.trace
    WHERE e.segment = ? AND e.trace > ? ORDER BY e.trace LIMIT ?`,
  tracesWithoutExtents: `SELECT t.id, t.key FROM traces t WHERE NOT EXISTS (SELECT 1 FROM extents e WHERE e.trace = t.id)`,

  addTag: `INSERT INTO tags (kind, name, started_us, key, n) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (kind, name, started_us, key) DO UPDATE SET n = n + excluded.n`,
  deleteTags: 'DELETE FROM tags WHERE key = ?',
  addAlias: 'INSERT OR IGNORE INTO aliases (kind, value, key) VALUES (?, ?, ?)',
  deleteAliases: 'DELETE FROM aliases WHERE key = ?',

  activeBoots: "SELECT DISTINCT boot FROM traces WHERE status = 'active'",
  interruptBoot: `UPDATE traces SET status = 'interrupted', ended_us = last_us WHERE status = 'active' AND boot = ?
    RETURNING key, last_us`,
  untoldInterrupted: "SELECT key, last_us FROM traces WHERE status = 'interrupted' AND ended_us = last_us",

  listByTime: `SELECT ${HEAD} FROM traces t INDEXED BY traces_by_time WHERE ${PAGE} AND ${MATCH} ${NEWEST_FIRST}`,
  listByContact: `SELECT ${HEAD} FROM traces t INDEXED BY traces_by_contact WHERE t.contact_id = :contact AND ${PAGE} AND ${MATCH} ${NEWEST_FIRST}`,
  listByStatus: `SELECT ${HEAD} FROM traces t INDEXED BY traces_by_status WHERE t.status = :status AND ${PAGE} AND ${MATCH} ${NEWEST_FIRST}`,
  listByMessage: `SELECT ${HEAD} FROM traces t INDEXED BY traces_by_message
    WHERE t.message_id IS NOT NULL AND t.message_id = :message AND ${PAGE} AND ${MATCH} ${NEWEST_FIRST}`,
  listWithErrors: `SELECT ${HEAD} FROM traces t INDEXED BY traces_with_errors
    WHERE (t.errors > 0 OR t.status = 'error') AND ${PAGE} AND ${MATCH} ${NEWEST_FIRST}`,
  listByTag: `SELECT ${HEAD} FROM tags w CROSS JOIN traces t ON t.key = w.key
    WHERE w.kind = :kind AND w.name = :name AND ${PAGE_OF_TAGS} AND ${MATCH} ${TAGS_NEWEST_FIRST}`,
  listByAlias: `SELECT ${HEAD} FROM traces t
    WHERE t.id IN (SELECT id FROM traces WHERE contact_id = :contact
      UNION SELECT t2.id FROM aliases a JOIN traces t2 ON t2.key = a.key WHERE a.kind = 'contact' AND a.value = :contact)
    AND ${PAGE} AND ${MATCH} ${NEWEST_FIRST}`,
  hasAlias: "SELECT 1 AS found FROM aliases WHERE kind = 'contact' AND value = ? LIMIT 1",
  idsInRange:
    'SELECT trace_id FROM traces WHERE trace_id >= ? AND trace_id < ? ORDER BY started_us DESC, key DESC LIMIT ?',
  keysOfContact: `SELECT id, key, status FROM traces WHERE contact_id = ?1
    UNION SELECT t.id, t.key, t.status FROM aliases a JOIN traces t ON t.key = a.key WHERE a.kind = 'contact' AND a.value = ?1`,

  countsByStatus: 'SELECT status, count(*) AS n FROM traces GROUP BY status',
  sampleStatus: 'SELECT status, count(*) AS n FROM traces WHERE started_us >= ? AND started_us <= ? GROUP BY status',
  sampleRange:
    'SELECT min(started_us) AS oldest, max(started_us) AS newest FROM traces WHERE started_us >= ? AND started_us <= ?',
  sampleDurations:
    'SELECT last_us - started_us AS us FROM traces WHERE ended_us IS NOT NULL AND started_us >= ? AND started_us <= ?',
  sampleTags: `SELECT name, sum(n) AS n FROM tags WHERE kind = ? AND started_us >= ? AND started_us <= ?
    GROUP BY name ORDER BY 2 DESC, 1 LIMIT 500`,
  sampleBuckets: `SELECT started_us / CAST(?1 AS INTEGER) * CAST(?1 AS INTEGER) AS at, count(*) AS total, sum(status = 'error') AS errors FROM traces
    WHERE started_us >= ?2 AND started_us <= ?3 GROUP BY 1 ORDER BY 1`,

  totals: 'SELECT name, n FROM totals',
  addTotal: 'INSERT INTO totals (name, n) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = n + excluded.n',

  addErased: 'INSERT OR IGNORE INTO erased (key) VALUES (?)',
  erased: 'SELECT key FROM erased',
  checkpoint: 'PRAGMA wal_checkpoint(TRUNCATE)',
} as const;

export type StatementName = keyof typeof SQL;
