/** README.md with its table of settings as the code has it. */
export function readmePage(page: string): string;
/** .env.example, from the code as it is. */
export function envExample(): string;
