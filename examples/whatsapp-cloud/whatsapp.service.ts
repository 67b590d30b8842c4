import { Injectable } from '@nestjs/common';
import { Traced } from 'nestjs-trace-collector';

/** The part of Meta's webhook that this application reads. */
export interface WhatsappWebhook {
  entry?: { changes?: { value?: { messages?: { from: string; text?: { body: string } }[] } }[] }[];
}

@Injectable()
export class WhatsappService {
  async answerAll(webhook: WhatsappWebhook): Promise<void> {
    const changes = (webhook.entry ?? []).flatMap((entry) => entry.changes ?? []);
    for (const message of changes.flatMap(({ value }) => value?.messages ?? []))
      await this.send(message.from, await this.compose(message.text?.body ?? ''));
  }

  @Traced({ kind: 'agent', name: 'sofia' })
  private async compose(text: string): Promise<string> {
    return /cita/i.test(text)
      ? '¡Perfecto! Tengo estos horarios: lunes 10:00, martes 16:00'
      : '¿En qué puedo ayudarte?';
  }

  /** This call is recorded without further code: as the reply, with the id that Meta gives the message. */
  private async send(to: string, body: string): Promise<void> {
    const response = await fetch(`https://graph.facebook.com/v23.0/${process.env.WHATSAPP_PHONE_ID}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${process.env.WHATSAPP_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ messaging_product: 'whatsapp', to, type: 'text', text: { body } }),
    });
    if (!response.ok) throw new Error(`WhatsApp refused the message: ${response.status} ${await response.text()}`);
  }
}
