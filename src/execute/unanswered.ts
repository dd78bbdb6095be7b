import type { StepIntended } from '../model/step-event.ts';

/** A change that was sent and has no known end in the record, as its intent there has it. */
export type Unanswered = Pick<
  StepIntended,
  'host' | 'step' | 'execution' | 'attempt' | 'incarnation' | 'bootId' | 'epoch' | 'on'
>;
