/** Whose turn it is: where a route asks for order, an applicant's steps at one agency begin one after the other. */

/** States in which a step keeps those of later applications waiting: its agency has not taken it yet. */
export const HOLDING = `('pending', 'ready', 'unknown', 'parked', 'compensating')`;

/** Holds for a row of `steps` that may go on: it has no turn to wait for, has begun already, or nothing earlier holds it. */
export const IN_TURN = `(steps.turn IS NULL OR NOT EXISTS (
    SELECT 1 FROM steps AS mine JOIN steps AS earlier ON earlier.agency = mine.agency AND earlier.turn = mine.turn
    WHERE mine.application_id = steps.application_id AND mine.name = steps.name
      AND mine.state = 'ready' AND mine.lease_until IS NULL
      AND earlier.application_id < mine.application_id AND earlier.turn IS NOT NULL AND earlier.state IN ${HOLDING}
  ))`;
