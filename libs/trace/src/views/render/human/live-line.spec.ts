import { guideStory, GUIDE_ID, Story } from '../../../../../../test/support/story.js';
import { ZonedStamp } from '../../../model/trace-id.js';
import { defineEventTypes } from '../../events/event-types.js';
import { newStreamTrace, streamStep } from '../../responses/stream-message.js';
import { liveLines } from './live-line.js';

const options = { types: defineEventTypes(), zone: new ZonedStamp('UTC') };

function linesOf(story: Story): string[] {
  const trace = newStreamTrace(story.key);
  return story.records.flatMap((record) => {
    const entry = streamStep(trace, record, String(record.seq));
    return entry ? liveLines(entry.message, options) : [];
  });
}

it('shows a trace as it happens, a step when it starts and when it ends', () => {
  const contact = 'z49hFQn0DxOX5sInJg60';
  expect(linesOf(guideStory())).toEqual([
    `[14:30:22] ${contact} ▶ ${GUIDE_ID}`,
    `[14:30:22] ${contact} 📥 Received: 'Quiero agendar una cita'`,
    `[14:30:22] ${contact} ✅ Acknowledged: HTTP 202 after 12 ms`,
    `[14:30:22] ${contact} 🧠 Intelligence: score=8`,
    `[14:30:23] ${contact} 🔀 Route: supervisor → sofia`,
    `[14:30:24] ${contact} 🔧 Tool: check_calendar_availability`,
    `[14:30:24] ${contact} 🔧 Tool: check_calendar_availability (500 ms)`,
    `[14:30:25] ${contact} 📤 Sent: '¡Perfecto! Tengo estos horarios...'`,
    `[14:30:25] ${contact} ■ ✅ completed in 3.2 s  ${GUIDE_ID}`,
  ]);
});

it('lets no captured text control the terminal', () => {
  const lines = linesOf(new Story('1-1', 'x').open().identify({ contact: '\u001b[2J\n' }).event('\u009b').end());
  expect(lines).toHaveLength(4);
  expect(lines.join('')).not.toMatch(/\p{Cc}/u);
});
