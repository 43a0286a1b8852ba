/** Who may say something about an application, and by what way it came. */

export const AUTHORS = ['citizen', 'officer', 'callCentre', 'agency'] as const;
export type Author = (typeof AUTHORS)[number];

export const WAYS = ['app', 'counter', 'kiosk', 'phone', 'chat', 'email', 'sms', 'letter'] as const;
export type Way = (typeof WAYS)[number];
