import { describeOutbox } from '../conformance/outbox.ts';
import { describeScheduleStore } from '../conformance/schedule-store.ts';
import { MemoryOutbox } from '../support/memory-outbox.ts';
import { MemoryScheduleStore } from '../support/memory-schedule-store.ts';

describe('the schedules that tests keep in memory', () => {
  let store: MemoryScheduleStore;
  beforeEach(() => {
    store = new MemoryScheduleStore();
  });
  describeScheduleStore(() => store);
});

describe('the outbox that tests keep in memory', () => {
  let outbox: MemoryOutbox;
  beforeEach(() => {
    outbox = new MemoryOutbox();
  });
  describeOutbox(() => outbox);
});
