import winston from 'winston';
import { linePerStep, logFile } from './pino.mjs';

/** winston with its JSON format and its `File` transport, which writes behind the application. */
export function setup({ dir }) {
  const { combine, timestamp, json } = winston.format;
  const logger = winston.createLogger({
    format: combine(timestamp(), json()),
    transports: [new winston.transports.File({ filename: logFile(dir) })],
  });
  return linePerStep({ info: (fields, message) => logger.info(message, fields) });
}
