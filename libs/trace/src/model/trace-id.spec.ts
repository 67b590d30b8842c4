import { formatTraceId, momentOfTraceId, ZonedStamp } from './trace-id.js';

const AT = Date.UTC(2024, 0, 20, 14, 30, 22) * 1000 + 123_456;

describe('momentOfTraceId', () => {
  it.each(['UTC', 'America/Mexico_City', 'Pacific/Kiritimati', 'Etc/GMT+12', 'Asia/Kathmandu'])(
    'returns the time of an id that was stamped in %s, and little else',
    (zone) => {
      const moment = momentOfTraceId(formatTraceId('z49_hF', AT, new ZonedStamp(zone)))!;
      expect(moment.since).toBeLessThan(AT);
      expect(moment.until).toBeGreaterThan(AT);
      expect(moment.until - moment.since).toBeLessThan(30 * 3_600_000_000);
    },
  );

  it.each(['', 'unknown', '1-17', 'c_20240120_143022', 'c_2024_01_20'])('returns nothing for "%s"', (id) => {
    expect(momentOfTraceId(id)).toBeUndefined();
  });
});
