/** Values as they stand on the wire. The same shape as the domain's; wire/ depends on nothing of ours. */

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };
