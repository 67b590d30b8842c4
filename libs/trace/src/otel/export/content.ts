/** How much of a trace a span carries: everything that was captured, or nothing that a person or a model wrote. */
export type OtlpContent = 'full' | 'metadata';
