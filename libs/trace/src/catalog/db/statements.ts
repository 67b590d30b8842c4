import { FAILED_LIST } from './schema.js';

/** Columns that erase reads of a trace, with the beginnings of its texts. */
const TO_ERASE = `t.id, t.key, t.trace_id, t.status, t.started_us, substr(t.message, 1, 64) AS beginning,
  substr(t.reply, 1, 64) AS replied, substr(t.first_error, 1, 64) AS failed`;

const HEAD = `t.key, t.trace_id, t.contact_id, t.contacts, t.status, t.started_us, t.last_us, t.ended_us, t.events, t.errors, t.late_events,
  t.dropped, t.counts, t.status_code, t.identified, t.traceparent, t.message_id, t.link, t.link_span, t.type, t.route, t.agents, t.tools, t.message, t.reply,
  t.first_error, t.calls, t.logged`;

/** Traces that failed, or that are active and have an error. The partial index has the same words. */
const FAILING = `(t.errors > 0 OR t.status IN ${FAILED_LIST})`;

/** Filters without an index of their own, checked on each row of the walk. */
const MATCH = `
  t.started_us >= :since AND t.started_us <= :until
  AND (:contact IS NULL OR t.contact_id = :contact
    OR EXISTS (SELECT 1 FROM trace_lookup l WHERE l.partition = t.partition AND l.lookup_key = :contactKey AND l.key = t.key))
  AND (:statuses IS NULL OR instr(:statuses, ',' || t.status || ',') > 0)
  AND (:message IS NULL OR t.message_id = :message)
  AND (:link IS NULL OR t.link = :link)
  AND (:withErrors IS NULL OR ${FAILING})
  AND (:idPrefix IS NULL OR substr(t.trace_id, 1, length(:idPrefix)) = :idPrefix)
  AND (:minUs IS NULL OR coalesce(t.ended_us, :now) - t.started_us >= :minUs)
  AND (:maxUs IS NULL OR t.started_us = 0 OR coalesce(t.ended_us, :now) - t.started_us <= :maxUs)
  AND (:agent IS NULL OR EXISTS (SELECT 1 FROM trace_terms g WHERE g.term = :agent AND g.started_us = t.started_us AND g.key = t.key))
  AND (:tool IS NULL OR EXISTS (SELECT 1 FROM trace_terms g WHERE g.term = :tool AND g.started_us = t.started_us AND g.key = t.key))
  AND (:model IS NULL OR EXISTS (SELECT 1 FROM trace_terms g WHERE g.term = :model AND g.started_us = t.started_us AND g.key = t.key))
  AND (:host IS NULL OR EXISTS (SELECT 1 FROM trace_terms g WHERE g.term = :host AND g.started_us = t.started_us AND g.key = t.key))
  AND (:tag IS NULL OR EXISTS (SELECT 1 FROM trace_terms g WHERE g.term = :tag AND g.started_us = t.started_us AND g.key = t.key))
  AND (:fingerprint IS NULL OR EXISTS (SELECT 1 FROM trace_terms g WHERE g.term = :fingerprint AND g.started_us = t.started_us AND g.key = t.key))
  AND (:notTerms IS NULL OR NOT EXISTS (SELECT 1 FROM json_each(:notTerms) n CROSS JOIN trace_terms g
    ON g.term = n.value AND g.started_us = t.started_us AND g.key = t.key))
  AND (:levels IS NULL OR t.logged IS NOT NULL AND instr(:levels, ',' || t.logged || ',') > 0)
  AND (:notLevels IS NULL OR t.logged IS NULL OR instr(:notLevels, ',' || t.logged || ',') = 0)
  AND (:minNano IS NULL OR t.cost_nano >= :minNano) AND (:maxNano IS NULL OR t.cost_nano <= :maxNano)
  AND (:minTokens IS NULL OR t.tokens >= :minTokens) AND (:maxTokens IS NULL OR t.tokens <= :maxTokens)
  AND (:q IS NULL OR has_text(:q, t.trace_id, t.contact_id, t.message, t.search))
  AND (:not IS NULL OR is_excluded(:not, t.contact_id, t.lookup_keys, t.agents, t.route, t.tools, t.trace_id, t.contact_id, t.message, t.search) = 0)`;

const PAGE = `(t.started_us, t.key) < (:beforeUs, :beforeKey)`;
const NEWEST_FIRST = `ORDER BY t.started_us DESC, t.key DESC LIMIT :limit`;
/** Partitions are numbered in the order of time. */
const PARTITIONS_NEWEST_FIRST = `ORDER BY p.number DESC, t.started_us DESC, t.key DESC LIMIT :limit`;
/** The walk is over `trace_terms`, which are in the same order. */
const PAGE_OF_TERMS = `(w.started_us, w.key) < (:beforeUs, :beforeKey) AND w.started_us >= :since AND w.started_us <= :until`;
const TERMS_NEWEST_FIRST = `ORDER BY w.started_us DESC, w.key DESC LIMIT :limit`;

/** After a place in the order of the values, which are in the column or expression `value`. */
const sortedBy = (value: string, index: string, isKnown: string): string => `
  SELECT ${HEAD} FROM traces t INDEXED BY ${index} WHERE t.partition = :partition AND ${isKnown}
    AND ${value} BETWEEN :least AND :value AND (${value}, t.started_us, t.key) < (:value, :placeUs, :placeKey) AND ${MATCH}
  ORDER BY ${value} DESC, t.started_us DESC, t.key DESC LIMIT :limit`;

/** Every SQL text of the catalog, whole and by name. Each is prepared once per connection. */
export const SQL = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  dataVersion: 'PRAGMA data_version',

  segments:
    'SELECT number, kept, writer, read, corrupt, dropped, oldest, newest, mark, stamp, sealed, gone FROM segments',
  putSegment: `INSERT INTO segments (number, kept, writer, read, corrupt, dropped, oldest, newest, mark, stamp, sealed)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (number) DO UPDATE SET writer = excluded.writer, read = excluded.read, corrupt = excluded.corrupt, dropped = excluded.dropped,
      oldest = excluded.oldest, newest = excluded.newest, mark = excluded.mark, stamp = excluded.stamp, sealed = excluded.sealed`,
  compactedSegments: 'SELECT number, read, gone FROM segments WHERE kept = 1 OR gone = 1',
  segmentMark: 'SELECT read, mark FROM segments WHERE number = ?',
  setMark: 'UPDATE segments SET mark = ? WHERE number = ?',
  indexedBytes: 'SELECT coalesce(sum(read), 0) AS bytes FROM segments WHERE gone = 0',
  segmentSums: 'SELECT number, read, sum FROM segment_sums',
  deleteSums: 'DELETE FROM segment_sums',
  putSum: 'INSERT INTO segment_sums (number, read, sum) VALUES (?, ?, ?)',
  markGone: 'UPDATE segments SET gone = 1 WHERE number = ?',
  deleteSegment: 'DELETE FROM segments WHERE number = ?',

  traceByKey: `SELECT t.id, t.partition, t.terms, t.lookup_keys, t.search, ${HEAD} FROM traces t WHERE t.key = ?`,
  traceIfMatches: `SELECT ${HEAD} FROM traces t WHERE t.key = :key AND ${PAGE} AND ${MATCH}`,
  keysByLookup: `SELECT l.key FROM partitions p CROSS JOIN trace_lookup l ON l.partition = p.number AND l.lookup_key = ?
    WHERE p.number BETWEEN ? AND ? ORDER BY p.number DESC LIMIT 8`,
  insertTrace: `INSERT INTO traces (key, writer, partition, started_us, trace_id, contact_id, contacts, status, last_us, ended_us, events, errors, late_events,
      dropped, counts, status_code, identified, traceparent, message_id, link, link_span, type, route, agents, tools,
      message, reply, first_error, calls, logged, tokens, cost_nano, terms, lookup_keys, search)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  updateTrace: `UPDATE traces SET trace_id = ?, contact_id = ?, contacts = ?, status = ?, last_us = ?, ended_us = ?, events = ?,
      errors = ?, late_events = ?, dropped = ?, counts = ?, status_code = ?, identified = ?, traceparent = ?, message_id = ?, link = ?,
      link_span = ?, type = ?, route = ?,
      agents = ?, tools = ?, message = ?, reply = ?, first_error = ?, calls = ?, logged = ?, tokens = ?, cost_nano = ?, terms = ?, lookup_keys = ?, search = ?
    WHERE id = ?`,
  deleteTraces: 'DELETE FROM traces WHERE id BETWEEN ? AND ?',

  extents: 'SELECT segment, byte_ranges FROM extents WHERE trace = ?',
  putExtent: `INSERT INTO extents (trace, segment, byte_ranges) VALUES (?, ?, ?)
    ON CONFLICT (trace, segment) DO UPDATE SET byte_ranges = excluded.byte_ranges`,
  extentsElsewhere: 'SELECT segment, byte_ranges FROM extents WHERE trace BETWEEN ? AND ? AND segment <> ?',
  deleteExtents: 'DELETE FROM extents WHERE trace BETWEEN ? AND ?',
  deleteExtent: 'DELETE FROM extents WHERE trace = ? AND segment = ?',
  extentsOfSegment: `SELECT e.trace, e.byte_ranges, t.key, t.status, t.errors, t.started_us, t.last_us FROM extents e JOIN traces t ON t.id = e.trace WHERE e.segment = ?`,
  extentsFrom: `SELECT e.trace, e.byte_ranges, t.key, t.status, t.errors, t.started_us, t.last_us
    FROM extents e INDEXED BY extents_by_segment CROSS JOIN traces t ON t.id = e.trace
    WHERE e.segment = ? AND e.trace > ? ORDER BY e.trace LIMIT ?`,
  tracesWithoutExtents: `SELECT t.id FROM traces t WHERE NOT EXISTS (SELECT 1 FROM extents e WHERE e.trace = t.id)`,

  tracesToDelete: `SELECT key, status, started_us, ended_us, trace_id, partition, terms, lookup_keys, calls, counts FROM traces WHERE id BETWEEN ? AND ?`,
  addTraceTerm: 'INSERT OR IGNORE INTO trace_terms (term, started_us, key) VALUES (?, ?, ?)',
  deleteTraceTerm: 'DELETE FROM trace_terms WHERE term = ? AND started_us = ? AND key = ?',
  deleteTraceTermsBetween: `DELETE FROM trace_terms
    WHERE term = ? AND started_us BETWEEN ? AND ? AND key IN (SELECT value FROM json_each(?))`,
  termId: 'SELECT id FROM terms WHERE kind = ? AND name = ?',
  term: 'SELECT kind, name FROM terms WHERE id = ?',
  insertTerm: 'INSERT INTO terms (kind, name) VALUES (?, ?)',
  deleteUnusedTerms: 'DELETE FROM terms WHERE NOT EXISTS (SELECT 1 FROM trace_terms g WHERE g.term = terms.id)',
  addLookup: 'INSERT OR IGNORE INTO trace_lookup (partition, lookup_key, key) VALUES (?, ?, ?)',
  deleteLookup: 'DELETE FROM trace_lookup WHERE partition = ? AND lookup_key = ? AND key = ?',

  partitions: 'SELECT number, from_us, last_us, n FROM partitions ORDER BY from_us',
  putPartition: `INSERT INTO partitions (number, from_us, last_us, n) VALUES (?, ?, ?, ?)
    ON CONFLICT (number) DO UPDATE SET last_us = excluded.last_us, n = excluded.n`,
  deletePartition: 'DELETE FROM partitions WHERE number = ?',
  textFilters: 'SELECT number, from_us, last_us, n FROM text_filters ORDER BY from_us',
  putTextFilter: `INSERT INTO text_filters (number, from_us, last_us, n) VALUES (?, ?, ?, ?)
    ON CONFLICT (number) DO UPDATE SET last_us = excluded.last_us, n = excluded.n`,
  deleteTextFilter: 'DELETE FROM text_filters WHERE number = ?',
  textFilterBits: 'SELECT bits FROM text_filters WHERE number = ?',
  putTextFilterBits: 'UPDATE text_filters SET bits = ? WHERE number = ?',
  searchTexts: `SELECT trace_id, contact_id, message, search FROM traces INDEXED BY traces_by_time WHERE started_us >= ? AND started_us < ?`,

  rollup: 'SELECT data FROM rollups WHERE level = ? AND at = ?',
  putRollup: `INSERT INTO rollups (level, at, traces, errors, data) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (level, at) DO UPDATE SET traces = excluded.traces, errors = excluded.errors, data = excluded.data`,
  deleteRollup: 'DELETE FROM rollups WHERE level = ? AND at = ?',
  rollups: 'SELECT at, data FROM rollups WHERE level = ? AND at >= ? AND at < ?',
  rollupBars: 'SELECT at, traces, errors FROM rollups INDEXED BY rollup_bars WHERE level = ? AND at >= ? AND at < ?',

  activeWriters: "SELECT DISTINCT writer FROM traces WHERE status = 'active'",
  interruptWriter: `UPDATE traces SET status = 'interrupted', ended_us = last_us WHERE status = 'active' AND writer = ?
    RETURNING key, started_us, last_us, terms, calls, counts`,
  unclosedInterrupted: "SELECT key, last_us FROM traces WHERE status = 'interrupted' AND ended_us = last_us",

  listByTime: `SELECT ${HEAD} FROM traces t INDEXED BY traces_by_time WHERE ${PAGE} AND ${MATCH} ${NEWEST_FIRST}`,
  listByContact: `SELECT ${HEAD} FROM partitions p CROSS JOIN traces t INDEXED BY traces_by_contact
    ON t.partition = p.number AND t.contact_id = :contact WHERE ${PAGE} AND ${MATCH} ${PARTITIONS_NEWEST_FIRST}`,
  listByStatus: `SELECT ${HEAD} FROM traces t INDEXED BY traces_by_status WHERE t.status = :status AND ${PAGE} AND ${MATCH} ${NEWEST_FIRST}`,
  listByMessage: `SELECT ${HEAD} FROM partitions p CROSS JOIN traces t INDEXED BY traces_by_message
    ON t.partition = p.number AND t.message_id IS NOT NULL AND t.message_id = :message
    WHERE ${PAGE} AND ${MATCH} ${PARTITIONS_NEWEST_FIRST}`,
  listWithErrors: `SELECT ${HEAD} FROM traces t INDEXED BY traces_with_errors
    WHERE ${FAILING} AND ${PAGE} AND ${MATCH} ${NEWEST_FIRST}`,
  listLogged: `SELECT ${HEAD} FROM traces t INDEXED BY traces_logged
    WHERE t.logged IS NOT NULL AND ${PAGE} AND ${MATCH} ${NEWEST_FIRST}`,
  listByTerm: `SELECT ${HEAD} FROM trace_terms w CROSS JOIN traces t ON t.key = w.key
    WHERE w.term = :term AND ${PAGE_OF_TERMS} AND ${MATCH} ${TERMS_NEWEST_FIRST}`,
  listLongest: sortedBy('t.ended_us - t.started_us', 'traces_by_duration', 't.ended_us IS NOT NULL'),
  listDearest: sortedBy('t.cost_nano', 'traces_by_cost', 't.cost_nano IS NOT NULL'),
  listLongestActive: `SELECT ${HEAD} FROM traces t INDEXED BY traces_by_status
    WHERE t.status = 'active' AND (:now - t.started_us, t.started_us, t.key) < (:value, :placeUs, :placeKey) AND ${MATCH}
    ORDER BY t.started_us, t.key DESC LIMIT :limit`,
  listWithoutCost: `SELECT ${HEAD} FROM traces t INDEXED BY traces_by_time
    WHERE t.cost_nano IS NULL AND ${PAGE} AND ${MATCH} ${NEWEST_FIRST}`,
  countBetween: `SELECT count(*) AS n FROM (
    SELECT 1 FROM traces t INDEXED BY traces_by_time WHERE t.started_us >= ? AND t.started_us <= ? LIMIT ?)`,
  hasLookup:
    'SELECT 1 AS found FROM partitions p CROSS JOIN trace_lookup l ON l.partition = p.number AND l.lookup_key = ? LIMIT 1',
  listByLookup: `SELECT ${HEAD} FROM partitions p CROSS JOIN trace_lookup l ON l.partition = p.number AND l.lookup_key = :lookupKey
    CROSS JOIN traces t ON t.key = l.key WHERE ${PAGE} AND ${MATCH} ORDER BY t.started_us DESC, t.key DESC LIMIT :limit`,
  tracesOfContact: `SELECT ${TO_ERASE} FROM partitions p CROSS JOIN traces t INDEXED BY traces_by_contact
    ON t.partition = p.number AND t.contact_id = ?1`,
  tracesByLookup: `SELECT ${TO_ERASE} FROM partitions p CROSS JOIN trace_lookup l ON l.partition = p.number AND l.lookup_key = ?
    CROSS JOIN traces t ON t.key = l.key`,

  countActive: "SELECT count(*) AS n FROM traces INDEXED BY traces_by_status WHERE status = 'active'",
  countEnded: 'SELECT coalesce(sum(traces), 0) AS n, coalesce(sum(errors), 0) AS errors FROM rollups WHERE level = ?',
  oldest: 'SELECT min(started_us) AS us FROM traces',
  newest: 'SELECT max(started_us) AS us FROM traces',
  sampleEnded: `SELECT status, started_us, ended_us, terms, calls, counts FROM traces INDEXED BY traces_by_time
    WHERE started_us >= ? AND started_us <= ? AND status <> 'active'`,
  sampleActive: `SELECT status, started_us, started_us AS ended_us, terms, calls, counts FROM traces INDEXED BY traces_by_status
    WHERE status = 'active' AND started_us >= ? AND started_us <= ?`,
  sampleDurations: `SELECT ended_us - started_us AS us FROM traces INDEXED BY traces_by_time
    WHERE started_us >= ? AND started_us <= ? AND status <> 'active' ORDER BY 1`,

  baseline: 'SELECT data FROM baselines WHERE day = ? AND route = ?',
  baselines: 'SELECT day, route, data FROM baselines',
  countBaselines: 'SELECT count(*) AS n FROM baselines WHERE day = ?',
  putBaseline: `INSERT INTO baselines (day, route, data) VALUES (?, ?, ?)
    ON CONFLICT (day, route) DO UPDATE SET data = excluded.data`,
  pruneBaselines: 'DELETE FROM baselines WHERE day < ?',
  clearBaselines: 'DELETE FROM baselines',
  countError: `INSERT INTO error_counts (error, minute, traces, first_us) VALUES (?, ?, 1, ?)
    ON CONFLICT (error, minute) DO UPDATE SET traces = traces + 1, first_us = min(first_us, excluded.first_us)`,
  errorsBetween:
    'SELECT coalesce(sum(traces), 0) AS n FROM error_counts WHERE error = ? AND minute > ? AND minute <= ?',
  firstError: 'SELECT first_us FROM error_counts WHERE error = ? ORDER BY minute LIMIT 1',
  pruneErrorCounts: 'DELETE FROM error_counts WHERE minute < ?',
  limitErrorCounts: `DELETE FROM error_counts WHERE minute < (SELECT minute FROM error_counts ORDER BY minute DESC LIMIT 1 OFFSET ?)`,
  clearErrorCounts: 'DELETE FROM error_counts',

  noteReply: "INSERT OR IGNORE INTO counters (name, n) VALUES ('replied', 1)",
  hasReply: "SELECT 1 AS found FROM counters WHERE name = 'replied'",
  counters: 'SELECT name, n FROM counters',
  addToCounter: 'INSERT INTO counters (name, n) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = n + excluded.n',

  addErased: 'INSERT OR IGNORE INTO erased (key) VALUES (?)',
  erased: 'SELECT key FROM erased',
  checkpoint: 'PRAGMA wal_checkpoint(TRUNCATE)',
  settle: 'PRAGMA wal_checkpoint(PASSIVE)',
  copyInFile: 'PRAGMA temp_store = FILE',
  rewrite: 'VACUUM',
  copyInMemory: 'PRAGMA temp_store = MEMORY',
} as const;

export type StatementName = keyof typeof SQL;
