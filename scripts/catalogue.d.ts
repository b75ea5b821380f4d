/** docs/events.md, from the code as it is. */
export function eventsPage(): string;
/** docs/errors.md, from the code as it is. */
export function errorsPage(): string;
/** docs/openapi.json, from the built program. */
export function openApiPage(): Promise<string>;
