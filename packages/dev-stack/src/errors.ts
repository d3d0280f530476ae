/** Why a development server could not be started or stopped. The list is closed: callers may switch over it. */
export type DevStackErrorCode =
  | 'unsupported_platform'
  | 'unsafe_folder'
  | 'postgres_missing'
  | 'postgres_init_failed'
  | 'postgres_start_failed'
  | 'redis_missing'
  | 'redis_start_failed'
  | 'redis_command_failed'
  | 'port_in_use'
  | 'stop_timeout'
  | 'lock_timeout';

/** A failure with a code and one line that says what to do about it; the tool's own last words are in `detail`. */
export class DevStackError extends Error {
  constructor(
    readonly code: DevStackErrorCode,
    message: string,
    readonly detail?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'DevStackError';
  }
}
