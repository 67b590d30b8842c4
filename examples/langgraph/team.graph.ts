import { tool } from '@langchain/core/tools';
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { z } from 'zod';
import { ScriptedModel } from './scripted.model.js';

const State = Annotation.Root({
  text: Annotation<string>,
  agent: Annotation<'maria' | 'sofia'>,
  reply: Annotation<string>,
});

const checkCalendar = tool(
  async ({ day }) => {
    if (day === 'domingo') throw new Error('The calendar is closed on domingo');
    return '10:00, 16:00';
  },
  {
    name: 'check_calendar',
    description: 'Free times of a day',
    schema: z.object({ day: z.string() }),
  },
);

/** A supervisor that chooses an agent. Put your own model here, such as `new ChatOpenAI({ model: 'gpt-5-mini' })`. */
export function createTeam(model = new ScriptedModel({})) {
  return new StateGraph(State)
    .addNode('supervisor', async ({ text }) => {
      const answer = await model.invoke(`Who answers this, maria or sofia? ${text}`);
      return { agent: answer.text === 'sofia' ? ('sofia' as const) : ('maria' as const) };
    })
    .addNode('sofia', async ({ text }) => {
      const slots = await checkCalendar.invoke({ day: /domingo/i.test(text) ? 'domingo' : 'lunes' });
      return { reply: `¡Perfecto! Tengo estos horarios: ${slots}` };
    })
    .addNode('maria', async () => ({ reply: '¡Hola! ¿Qué servicio te interesa?' }))
    .addEdge(START, 'supervisor')
    .addConditionalEdges('supervisor', ({ agent }) => agent, ['maria', 'sofia'])
    .addEdge('sofia', END)
    .addEdge('maria', END)
    .compile();
}
