/** What the flow asks for when it tells a platform of events: one signed POST. */

export interface CallbackPost {
  url: string;
  /** Constant over every attempt: the receiver knows a repeat by it. */
  id: string;
  /** `whsec_…`; two while one replaces the other. */
  secrets: string[];
  /** CloudEvents 1.0 JSON, as sent. */
  body: string;
  /** False: never to a loopback address, whatever the poster allows (platforms that are no sandbox). */
  loopback: boolean;
  /** The attempt's instant, milliseconds since the epoch. */
  timestamp: number;
}

export type CallbackPosted =
  /** The endpoint answered; the caller judges the status. */
  | { status: number; retryAfterSeconds?: number }
  | {
      failed:
        | 'callback_url'
        | 'callback_secret'
        | 'callback_address'
        | 'callback_unreachable'
        | 'callback_timeout'
        | 'callback_redirect'
        | 'callback_broken';
    };

export interface CallbackPoster {
  /** Never rejects. */
  post(callback: CallbackPost): Promise<CallbackPosted>;
  close(): Promise<void>;
}
