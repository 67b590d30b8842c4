/** Metadata key on the controllers that serve `/debug`: their routes are never traced and do not count as routes of the application. */
export const OWN_CONTROLLER = 'nestjs-trace-collector:own-controller';
