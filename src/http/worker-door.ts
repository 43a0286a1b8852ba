/** What a worker process shows of itself: its health and its metrics, and nothing that is the api's. */

type Answer<Rest extends unknown[]> = (request: Request, ...rest: Rest) => Response | Promise<Response>;

const SHOWN = /^\/(health\/|metrics$)/;

/** Lets only those through; everything else is not here. */
export function workerDoor<Rest extends unknown[]>(answer: Answer<Rest>): Answer<Rest> {
  return (request, ...rest) =>
    SHOWN.test(new URL(request.url).pathname)
      ? answer(request, ...rest)
      : new Response(null, { status: 404 });
}
