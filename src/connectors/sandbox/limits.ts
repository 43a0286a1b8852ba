/** What a connector may take of the machine. */

export interface SandboxLimits {
  /** All the memory of its interpreter, stack included. A multiple of 64 KiB, at least 16 MiB. */
  memoryBytes: number;
  /** Its calls within each other. */
  stackBytes: number;
  /** The longest that one call may take. */
  callMs: number;
  /** The longest that reading its files may take. */
  loadMs: number;
  /** When a call that cannot be interrupted is ended with its whole thread. */
  wedgedMs: number;
  /** What one call is given, as JSON; several times as much lies in the memory while it runs. */
  inputBytes: number;
  /** What one call gives, as JSON. */
  outputBytes: number;
}

export const SANDBOX_LIMITS: SandboxLimits = {
  memoryBytes: 33_554_432,
  stackBytes: 262_144,
  callMs: 250,
  loadMs: 2_000,
  wedgedMs: 2_000,
  inputBytes: 4_194_304,
  outputBytes: 1_048_576,
};
