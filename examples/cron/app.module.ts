import { Injectable, Module } from '@nestjs/common';
import { Cron, ScheduleModule } from '@nestjs/schedule';
import { runInTrace, Traced, TraceModule, traceReply } from 'nestjs-trace-collector';

interface Appointment {
  contactId: string;
  at: string;
}

@Injectable()
export class ReminderJob {
  private readonly appointments: Appointment[] = [
    { contactId: 'ana', at: '10:00' },
    { contactId: 'luis', at: '16:00' },
  ];

  /** No request starts this work, so the code opens a trace: one for each contact. */
  @Cron(process.env.REMINDERS_CRON ?? '0 9 * * *')
  async remindAll(): Promise<void> {
    for (const appointment of this.appointments.splice(0))
      // One reminder that fails must not stop the others. Its trace has the error.
      await runInTrace({ contactId: appointment.contactId, type: 'reminder' }, () => this.remind(appointment)).catch(
        () => undefined,
      );
  }

  @Traced({ kind: 'agent', name: 'reminder' })
  private async remind({ contactId, at }: Appointment): Promise<void> {
    if (contactId === 'luis') throw new Error('luis has no telephone number');
    // Send the message here. Calls of known messaging APIs are recorded as the reply without this line.
    traceReply(`Te esperamos hoy a las ${at}`);
  }
}

@Module({ imports: [ScheduleModule.forRoot(), TraceModule.forRoot()], providers: [ReminderJob] })
export class AppModule {}
