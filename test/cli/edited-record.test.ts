import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Workplace } from './spawn.ts';

describe('A record that was edited', function () {
  this.timeout(60_000);
  let place: Workplace;
  before(async () => {
    place = new Workplace();
    assert.equal((await place.runbook(['exec', '--local', '--reads', '--', 'true'])).code, 0);
  });
  after(() => {
    place.remove();
  });

  function edit(sql: string): void {
    const database = new DatabaseSync(join(place.directory, 'state', 'runbook', 'runbook.db'));
    database.exec(sql);
    database.close();
  }

  it('is shown with a warning, and where it lacks what it must have, it is said that it cannot be shown', async () => {
    assert.equal((await place.runbook(['show', 'last'])).err, '');
    edit(`update events set body = json_set(body, '$.exitCode', 2) where type = 'run-finished'`);
    const shown = await place.runbook(['show', 'last']);
    assert.equal(shown.code, 0);
    assert.match(shown.err, /^warning: the record of \w+ is not as it was written: event \d+: /);

    edit(`update events set body = json_remove(body, '$.startedBy') where type = 'run-started'`);
    const refused = await place.runbook(['show', 'last']);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /^error: the record of .*; the rest of it cannot be shown\nhint: {2}what there is/);
    const json = await place.runbook(['show', 'last', '--json']);
    assert.equal(json.code, 0);
    assert.match(json.out, /^\{"type":"run-started"/);
  });
});
