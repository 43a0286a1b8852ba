/** Every metric of the bus, each defined once: labels are words of ours and ids from the configuration, nothing that was sent. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export type Instruments = ReturnType<typeof instruments>;

export function instruments(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[]): Counter<L> =>
    new Counter({ name: `jembatan_${name}`, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: L[]): Gauge<L> =>
    new Gauge({ name: `jembatan_${name}`, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, labelNames: L[]): Histogram<L> =>
    new Histogram({ name: `jembatan_${name}`, help, labelNames, buckets: REQUEST_SECONDS, registers });
  return {
    requests: counter('http_requests_total', 'Requests that were let in and answered', ['class', 'status']),
    requestSeconds: histogram('http_request_seconds', 'Time to the answer of a request that was let in', [
      'class',
    ]),
    inFlight: gauge('http_in_flight', 'Requests that were let in and are not answered yet', ['class']),
    shed: counter('http_shed_total', 'Requests turned away under overload', ['class', 'reason']),
    overQuota: counter('http_over_quota_total', 'Requests beyond the quota of their platform', ['platform']),
    loopDelay: gauge('loop_delay_seconds', 'How late the event loop runs', []),
    commitSeconds: histogram('ledger_commit_seconds', 'Time of a commit, its waiting for company included', [
      'verb',
    ]),
    ledgerUp: gauge('ledger_up', '1 when the ledger could be read for this scrape', []),
    storageFull: gauge('ledger_storage_full', "1 when the ledger's disk was full a moment ago", []),
    accepted: counter('applications_accepted_total', 'Applications taken in', ['platform']),
    settled: counter('steps_settled_total', 'What was learned of steps, by outcome', ['agency', 'outcome']),
    attemptSeconds: histogram('attempt_seconds', 'Time of an exchange with an agency', ['agency']),
    callbacks: counter('callbacks_total', 'Callbacks to platforms', ['result']),
    errors: counter('errors_total', 'Lines of the log of level error, by event', ['event']),
    laneOldest: gauge('lane_oldest_seconds', 'How long the step that is next in line has been due', [
      'agency',
    ]),
    laneAsleep: gauge('lane_asleep', '1 while the lane sleeps', ['agency']),
    lanePaused: gauge('lane_paused', '1 while a person holds the lane', ['agency']),
    steps: gauge('steps', 'Steps that are due or wait', ['agency', 'state']),
    configurations: gauge('config_versions', 'Different configurations that processes go by: 1 is well', []),
    refused: gauge('config_refused', 'Processes that kept their old configuration at the last reload', []),
    bells: gauge('queue_bells', 'Bells that the queue holds', ['lane', 'state']),
  };
}
